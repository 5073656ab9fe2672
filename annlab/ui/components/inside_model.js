// One model seen from inside: its weights in the frame of the film, with a student's changes, and
// everything computed from them. Needs network.js.

// Positions along each side of a small map, and of a large one and the boundary on the stage. A
// large network has as many for both, because its activations there take most time of a frame.
const [GRID, LARGE_GRID, COARSE_GRID] = [32, 56, 28];
const LARGE_NETWORK = 2000; // weights and biases
const MESH = 13; // lines of the bent grid in each direction
const MESH_POINTS = 33;
const FRAMES_OF_RANGES = 12;
const KEPT_PASSES = 12;

export class InsideModel {
  constructor(data) {
    Object.assign(this, data);
    this.n_frames = this.weights.shape[0];
    this.changes = new Map(); // "layer,row,unit" (row n_in: the bias) to the student's value
    this.past = [];
    this.passes = new Map();
    this.kept_inputs = new Map(); // inputs of the first layer, by the features of the samples
    this.colored = 0; // target or label whose values color the samples
    this.frame = this.n_frames - 1;
    this.hidden = this.sizes.length - 2;
    this.isLarge = this.weights.shape[1] > LARGE_NETWORK;
    this.grid_size = this.isLarge ? COARSE_GRID : GRID;
    this.large_grid_size = this.isLarge ? COARSE_GRID : LARGE_GRID;
  }

  // --- weights

  show(epoch) {
    const frame = latest(this.epochs, epoch);
    if (frame === this.frame && this.trained) return false;
    this.frame = frame;
    this.forget();
    return true;
  }

  layersAt(frame) {
    return layersOf(this.weights, this.sizes, frame, this.n_skips);
  }

  forget() {
    this.trained = this.layersAt(this.frame);
    this.layers = this.trained.map((layer) => ({ ...layer, W: layer.W.slice(), b: layer.b.slice() }));
    for (const [key, value] of this.changes) {
      const [l, row, unit] = key.split(",").map(Number);
      const { W, b, n_in, n_out } = this.layers[l];
      if (row === n_in) b[unit] = value;
      else W[row * n_out + unit] = value;
    }
    this.passes.clear();
  }

  value(l, row, unit, layers = this.layers) {
    const { W, b, n_in, n_out } = layers[l];
    return row === n_in ? b[unit] : W[row * n_out + unit];
  }

  change(l, row, unit, value, isNew = true) {
    const key = `${l},${row},${unit}`;
    if (isNew) this.past.push(new Map(this.changes));
    if (value === null) this.changes.delete(key);
    else this.changes.set(key, value);
    this.forget();
  }

  undo() {
    this.replace(this.past.pop() ?? new Map());
  }

  reset() {
    this.past.push(new Map(this.changes));
    this.replace(new Map());
  }

  // In place, because the changes are remembered.
  replace(changes) {
    this.changes.clear();
    changes.forEach((value, key) => this.changes.set(key, value));
    this.forget();
  }

  // --- samples through the network

  inputsOf(X) {
    if (!this.kept_inputs.has(X)) this.kept_inputs.set(X, networkInputs(this, X, X.length / this.n_features));
    return this.kept_inputs.get(X);
  }

  pass(name, X, n, layers = this.layers) {
    if (!this.passes.has(name)) {
      if (this.passes.size > KEPT_PASSES) this.passes.clear();
      this.passes.set(name, forward(this, layers, this.inputsOf(X), n));
    }
    return this.passes.get(name);
  }

  get sampled() {
    return this.pass("samples", this.samples.X, this.samples.n);
  }

  get learned() {
    return this.pass("training", this.training.X, this.training.n);
  }

  lossOf(layers = this.layers) {
    const { X, n, targets } = this.training;
    const name = layers === this.layers ? "training" : "trained";
    return meanLoss(this, this.pass(name, X, n, layers), targets, n);
  }

  get gradients() {
    if (!this.passes.has("gradients")) {
      const { X, n, targets } = this.training;
      this.passes.set("gradients", backward(this, this.layers, this.inputsOf(X), n, this.learned, targets));
    }
    return this.passes.get("gradients");
  }

  gradient(l, row, unit) {
    const { W, b } = this.gradients[l];
    const { n_in, n_out } = this.layers[l];
    return row === n_in ? b[unit] : W[row * n_out + unit];
  }

  // Values over a grid of the plane, or along the only feature.
  surface(size, layers = this.layers) {
    const points = this.grid(size);
    const name = `${layers === this.layers ? "surface" : "trained surface"} ${size}`;
    return this.pass(name, points, points.length / this.n_features, layers);
  }

  grid(size) {
    const kept = this.grids ?? (this.grids = {});
    if (kept[size]) return kept[size];
    const along = ([low, high], k) => low + ((high - low) * k) / (size - 1);
    if (!this.y) return (kept[size] = Float64Array.from({ length: size }, (_, k) => along(this.x, k)));
    const points = new Float64Array(2 * size * size);
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        points[at++] = along(this.x, column);
        points[at++] = along(this.y, size - 1 - row); // the first row is the upper one
      }
    }
    return (kept[size] = points);
  }

  // Lines of a grid over the plane, one after another: flat positions; null without a plane.
  get mesh() {
    if (this.kept_mesh !== undefined) return this.kept_mesh;
    if (!this.x) return (this.kept_mesh = null);
    const along = ([low, high], share) => low + (high - low) * share;
    if (!this.y) {
      const n = 8 * MESH_POINTS;
      const X = Float64Array.from({ length: n }, (_, k) => along(this.x, k / (n - 1)));
      return (this.kept_mesh = { X, n, points: n });
    }
    const X = [];
    for (const flip of [false, true]) {
      for (let line = 0; line < MESH; line++) {
        for (let k = 0; k < MESH_POINTS; k++) {
          const [a, b] = [line / (MESH - 1), k / (MESH_POINTS - 1)];
          X.push(along(this.x, flip ? b : a), along(this.y, flip ? a : b));
        }
      }
    }
    return (this.kept_mesh = { X: Float64Array.from(X), n: X.length / 2, points: MESH_POINTS });
  }

  // --- ranges, the same for all frames

  // Visit the activations of the samples in some frames: the input is layer -1.
  visitFrames(visit) {
    const step = Math.max(1, (this.n_frames - 1) / (FRAMES_OF_RANGES - 1));
    for (let at = this.n_frames - 1; at > -step; at -= step) {
      const layers = this.layersAt(Math.max(0, Math.round(at)));
      const inputs = this.inputsOf(this.samples.X);
      const passed = forward(this, layers, inputs, this.samples.n);
      [inputs, ...passed.map(({ a }) => a)].forEach((A, k) => visit(k - 1, A, layers, inputs));
    }
  }

  // Middle and half width of the colors of a unit: the same for a hidden layer, but not for outputs,
  // which may have different units of measurement.
  colorRange(l, unit) {
    if (!this.kept_ranges) {
      const most = this.sizes.map((n) => new Float64Array(n).fill(1e-9));
      this.visitFrames((at, A) => {
        const of_layer = most[at + 1];
        A.forEach((value, k) => {
          const j = k % of_layer.length;
          of_layer[j] = Math.max(of_layer[j], Math.abs(value));
        });
      });
      this.kept_ranges = most.slice(1).map((of_layer, at) =>
        (at === this.hidden ? of_layer : of_layer.fill(Math.max(...of_layer))));
    }
    const name = l === this.hidden ? this.output_activation : this.activation;
    if (name === "sigmoid" || name === "softmax" || name === "step") return [0.5, 0.5];
    return name === "tanh" ? [0, 1] : [0, this.kept_ranges[l][unit]];
  }

  // The same for an input of the first layer, over the plane or along the only feature.
  inputRange(unit) {
    const kept = (this.kept_input_ranges ??= []);
    if (!kept[unit]) {
      const column = this.inputsOf(this.grid(GRID)).filter((_, at) => at % this.sizes[0] === unit);
      const [low, high] = [Math.min(...column), Math.max(...column)];
      kept[unit] = [(low + high) / 2, (high - low) / 2 || 1];
    }
    return kept[unit];
  }

  get largestWeight() {
    if (!this.kept_largest) {
      this.kept_largest = this.weights.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-9);
    }
    return this.kept_largest;
  }

  // Positions of n samples in the space of a layer, the input being 0: the space before a wide
  // output layer has the inputs behind the activations.
  inSpace(k, X, n, passed) {
    const inputs = this.inputsOf(X);
    return this.asReceived(k, k ? passed[k - 1].a : inputs, inputs, n);
  }

  asReceived(k, A, inputs, n) {
    return k < this.layers.length ? received(this.layers[k].n_in, A, inputs, n) : A;
  }

  // --- names

  unitName(l, j) {
    if (l < 0) return this.inputs[j];
    return l === this.hidden ? this.outputs[j] : `h${l + 1}.${j + 1}`;
  }

  // Name of what comes in at a row of a layer's weights.
  rowName(l, row) {
    const { n_in } = this.layers[l];
    if (row === n_in) return "bias";
    return row < this.sizes[l] ? this.unitName(l - 1, row) : this.inputs[row - this.sizes[l]];
  }

  // Target whose values color the samples in the picture of a unit: an output's own.
  targetOf(l, unit) {
    return l === this.hidden && this.samples.n_targets > 1 ? unit : this.colored;
  }

  sampleColor(i, target = this.colored) {
    const { classes, colors, values, n_targets = 1 } = this.samples;
    const at = n_targets * i + target;
    return classes ? colors[classes[at]] : mixed(this.look, values[at] / 255);
  }
}

// Color from negative over the page to positive for a share from 0 to 1.
export function mixed(look, share) {
  const [from, to, t] = share < 0.5 ? [look.negative, look.paper, 2 * share]
    : [look.paper, look.positive, 2 * share - 1];
  const part = (color, k) => parseInt(color.slice(1 + 2 * k, 3 + 2 * k), 16);
  const mix = (k) => Math.round(part(from, k) + (part(to, k) - part(from, k)) * t);
  return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
}

