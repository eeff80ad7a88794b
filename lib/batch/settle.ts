/**
 * What is done with a message when its frame was typed, or cannot be.
 *
 * @module
 */
import type { StampedRow } from "./stamped_row.ts";
import type { Delivery } from "./delivery.ts";
import type { Hand } from "./hand.ts";
import type { News } from "./news.ts";
import type { Parts } from "./part_by_part.ts";
import type { Silence } from "./silence.ts";

/** Ways for a message to go. Those that wait for a part throw what `Parts` throws. */
export interface Settling {
  /** Its row is written, then it is done. */
  keepRow(delivery: Delivery, row: StampedRow): Promise<void>;
  /** Its row, an error, is written, then it goes to the dead. */
  giveUp(delivery: Delivery, row: StampedRow): Promise<void>;
  /** It names no frame: it goes to the dead. */
  refuse(delivery: Delivery): Promise<void>;
  /** It is to be typed alone. */
  setApart(delivery: Delivery): Promise<void>;
  /** It is tried again, after so many seconds. */
  giveBack(delivery: Delivery, seconds: number): void;
  /** Rows taken, and messages given up. */
  counts(): { readonly rows: number; readonly buried: number };
}

/** Who has part in it. */
export interface SettlingOrders {
  /** Holds the message until it is settled. */
  readonly hand: Hand;
  /** Where rows go. */
  readonly parts: Parts;
  /** Told when there is more room. */
  readonly news: News;
  /** Told of a server that does not answer. */
  readonly silence: Silence;
  /** Told of messages that are given up. */
  readonly notice: (message: string) => void;
}

/** So much of a message that names no frame is shown, in UTF-16 code units. */
const SHOWN = 200;

/** Starts with nothing settled. */
export function startSettling(
  { hand, parts, news, silence, notice }: SettlingOrders,
): Settling {
  let rows = 0;
  let buried = 0;

  /** A message whose end the server has not heard of comes again: that does no harm. */
  async function tellServer(
    delivery: Delivery,
    act: () => Promise<void>,
  ): Promise<void> {
    try {
      await act();
      silence.end();
    } catch (error) {
      silence.begin(error);
    }
    hand.drop(delivery);
    news.tell();
  }

  function bury(
    delivery: Delivery,
    reason: string,
    row: StampedRow | null,
  ): Promise<void> {
    const message = new TextDecoder().decode(delivery.body);
    notice(`given up: ${row?.file ?? message.slice(0, SHOWN)}: ${reason}`);
    return tellServer(delivery, async () => {
      await delivery.bury({ message, reason, tries: delivery.tries, row });
      buried++;
    });
  }

  return {
    async keepRow(delivery, row) {
      rows++;
      await parts.add(row, () => tellServer(delivery, delivery.done));
    },
    async giveUp(delivery, row) {
      rows++;
      const reason = row.error?.message ?? "it cannot be typed";
      await parts.add(row, () => bury(delivery, reason, row));
    },
    refuse: (delivery) => bury(delivery, "the message names no frame", null),
    setApart: (delivery) => tellServer(delivery, delivery.setApart),
    giveBack(delivery, seconds) {
      delivery.giveBack(seconds);
      hand.drop(delivery);
    },
    counts: () => ({ rows, buried }),
  };
}
