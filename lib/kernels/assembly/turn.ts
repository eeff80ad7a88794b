/**
 * Step 1: orient, for 16-bit pixels, in tiles of 8 × 8.
 */
import { turnLanes } from "./lanes";

/**
 * Turns a plane by 90° counter-clockwise: `to[i][j] = from[j][width - 1 - i]`.
 *
 * @param from height × width pixels, at least 8 either way.
 * @param to Receives width × height pixels; must not overlap `from`.
 */
export function turn(from: usize, to: usize, width: i32, height: i32): void {
  for (let top = 0; top < height; top += 8) {
    // The last tile overlaps the one before it.
    const row = min(top, height - 8);
    for (let left = 0; left < width; left += 8) {
      const column = min(left, width - 8);
      turnTile(
        from + ((<usize> row * width + column) << 1),
        to + ((<usize> (width - 1 - column) * height + row) << 1),
        <usize> width << 1,
        <usize> height << 1,
      );
    }
  }
}

function turnTile(
  from: usize,
  to: usize,
  stride: usize,
  toStride: usize,
): void {
  turnLanes(
    v128.load(from),
    v128.load(from + stride),
    v128.load(from + 2 * stride),
    v128.load(from + 3 * stride),
    v128.load(from + 4 * stride),
    v128.load(from + 5 * stride),
    v128.load(from + 6 * stride),
    v128.load(from + 7 * stride),
    to,
    // The columns become rows in reverse order.
    0 - toStride,
  );
}
