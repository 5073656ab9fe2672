// Axes on which the space of each layer is drawn, and the ranges of the samples on them. Needs
// inside_model.js.

export class SpaceAxes {
  constructor(model) {
    this.model = model;
    this.pair = [0, Math.min(1, model.outputs.length - 1)]; // classes on both sides of the boundary
  }

  choosePair(pair) {
    this.pair = pair;
    this.ranges = null;
  }

  // Number of units of a space, with the inputs that the output layer receives too.
  widthOf(k) {
    return this.model.spaces[k].center.length;
  }

  // Whether a space is drawn by the distance to the output's boundary.
  isBoundary(k) {
    const { model } = this;
    return k === model.sizes.length - 2 && model.spaces[k].share !== null && model.kind !== "values";
  }

  // Normal and offset of the boundary in the last hidden space: between two classes, or where the
  // probability of a label is a half.
  boundary(layers) {
    const { W, b, n_in, n_out } = layers.at(-1);
    const [p, q] = this.pair;
    const alone = this.model.kind === "labels" ? this.model.colored : n_out === 1 ? 0 : null;
    const of = (values, from) => (alone === null ? values[from + p] - values[from + q] : values[from + alone]);
    return { w: Array.from({ length: n_in }, (_, i) => of(W, i * n_out)), b: of(b, 0) };
  }

  // Axes of a space: a list of { direction, offset }; positions are direction · a + offset.
  of(k, layers = this.model.layers ?? this.model.layersAt(this.model.frame)) {
    const { center, axes } = this.model.spaces[k];
    const dot = (u, v) => u.reduce((sum, value, i) => sum + value * v[i], 0);
    if (!this.isBoundary(k)) return axes.map((direction) => ({ direction, offset: -dot(direction, center) }));
    const { w, b } = this.boundary(layers);
    const length = Math.sqrt(dot(w, w)) || 1;
    const normal = w.map((value) => value / length);
    const flat = (v) => v.map((value, i) => value - dot(v, normal) * normal[i]);
    const candidates = (this.model.across ? [this.model.across, ...axes] : axes).map(flat);
    const longest = this.model.across && dot(candidates[0], candidates[0]) > 1e-6 ? candidates[0]
      : candidates.reduce((a, c) => (dot(c, c) > dot(a, a) ? c : a));
    const size = Math.sqrt(dot(longest, longest)) || 1;
    const second = longest.map((value) => value / size);
    return [{ direction: normal, offset: b / length }, { direction: second, offset: -dot(second, center) }];
  }

  // Positions of n rows of activations on these axes: flat, n_axes a row.
  project(axes, A, n, n_units) {
    const found = new Float64Array(n * axes.length);
    for (let row = 0; row < n; row++) {
      axes.forEach(({ direction, offset }, axis) => {
        let sum = offset;
        for (let i = 0; i < n_units; i++) sum += direction[i] * A[row * n_units + i];
        found[row * axes.length + axis] = sum;
      });
    }
    return found;
  }

  // Lowest and highest position along each axis of a space, over all frames.
  rangesOf(k) {
    if (!this.ranges) {
      const { model } = this;
      this.ranges = model.sizes.map(() => []);
      model.visitFrames((l, activations, layers, inputs) => {
        const space = l + 1;
        const axes = this.of(space, layers);
        const A = model.asReceived(space, activations, inputs, model.samples.n);
        const found = this.project(axes, A, model.samples.n, this.widthOf(space));
        axes.forEach((_, axis) => {
          const range = (this.ranges[space][axis] ??= [Infinity, -Infinity]);
          for (let at = axis; at < found.length; at += axes.length) {
            range[0] = Math.min(range[0], found[at]);
            range[1] = Math.max(range[1], found[at]);
          }
        });
      });
    }
    return this.ranges[k];
  }
}
