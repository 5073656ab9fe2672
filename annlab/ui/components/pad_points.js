// Points of a pad: what its tools do to them, and undo. A point is [x, y, label]; positions are
// whole places from -reach to reach.

const MOST_UNDONE = 200; // strokes that can be undone
const TRIES = 50; // for a place on the pad

const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v);
// A pair of independent standard normal numbers: Box and Muller, 1958.
const normalPair = (random) => {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
};

export class PadPoints {
  constructor(points, { reach, most }, random = Math.random) {
    Object.assign(this, { points, reach, most, random, past: [], future: [], stroke: null });
  }

  // --- one stroke: all that happens until its end is undone at once

  begin() {
    this.stroke = { before: this.points, last: null };
  }

  // Whether the stroke changed something.
  end() {
    if (!this.stroke) return false;
    const { before } = this.stroke;
    this.stroke = null;
    if (before === this.points) return false;
    this.past = [...this.past, before].slice(-MOST_UNDONE);
    this.future = [];
    return true;
  }

  // Carry out a tool at a position, and at distances of `spacing` on the way there.
  strokeTo(at, spacing, act) {
    const { last } = this.stroke;
    if (last === null) {
      act(at);
      this.stroke.last = at;
      return;
    }
    const length = distance(last, at);
    const n = Math.floor(length / spacing);
    for (let k = 1; k <= n; k++) {
      const share = (k * spacing) / length;
      this.stroke.last = last.map((from, axis) => from + share * (at[axis] - from));
      act(this.stroke.last);
    }
  }

  get isFull() {
    return this.points.length >= this.most;
  }

  // Put points into a disc; the number is smaller where the limit is reached.
  put(at, label, { count = 1, spread = 0 } = {}) {
    const n = Math.min(count, this.most - this.points.length);
    if (n > 0) this.points = [...this.points, ...Array.from({ length: n }, () => [...this.#near(at, spread), label])];
  }

  #near([x, y], spread) {
    for (let k = 0; k < TRIES; k++) {
      // The root makes the points even over the disc.
      const [radius, angle] = [spread * Math.sqrt(this.random()), 2 * Math.PI * this.random()];
      const found = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)].map(Math.round);
      if (found.every((value) => Math.abs(value) <= this.reach)) return found;
    }
    return this.inside([x, y]);
  }

  inside(at) {
    // Adding 0 turns -0 into 0.
    return at.map((value) => Math.round(Math.max(-this.reach, Math.min(this.reach, value))) + 0);
  }

  erase(at, radius) {
    const left = this.points.filter((point) => distance(point, at) > radius);
    if (left.length < this.points.length) this.points = left;
  }

  // --- everything at once

  #change(points) {
    this.end();
    this.begin();
    this.points = points;
    return this.end();
  }

  clear() {
    return this.points.length > 0 && this.#change([]);
  }

  load(points) {
    return (this.points.length > 0 || points.length > 0) && this.#change(points);
  }

  // Move every point by a normal distance of a standard deviation.
  jitter(deviation) {
    const moved = ([x, y, label]) => {
      const [dx, dy] = normalPair(this.random);
      return [...this.inside([x + deviation * dx, y + deviation * dy]), label];
    };
    return this.points.length > 0 && this.#change(this.points.map(moved));
  }

  undo() {
    return this.#travel("past", "future");
  }

  redo() {
    return this.#travel("future", "past");
  }

  #travel(from, to) {
    this.end();
    if (!this[from].length) return false;
    this[to] = [...this[to], this.points];
    this.points = this[from].at(-1);
    this[from] = this[from].slice(0, -1);
    return true;
  }

  counts(n) {
    const found = Array(n).fill(0);
    for (const [, , label] of this.points) found[label] += 1;
    return found;
  }
}
