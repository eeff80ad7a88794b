/**
 * Arrays of floats.
 */

export function getFloat(values: usize, k: i32): f64 {
  return load<f64>(values + (<usize> k << 3));
}

export function setFloat(values: usize, k: i32, value: f64): void {
  store<f64>(values + (<usize> k << 3), value);
}
