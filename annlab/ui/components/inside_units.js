// The units of a network as small pictures, with weights as lines between them, and one unit large.
// Needs drawing.js and inside_model.js.

const SVG = "http://www.w3.org/2000/svg";
const LARGE = 190;
const BINS = 24;
const MOST_ROWS = 12; // weights of a unit that can be changed without choosing them first
const TERMS = 6;
const DOTS = 150;
const PALE = 0.72;
const TOP = 16; // pixels for what is said above the columns

function canvasOf(width, height, label) {
  const scale = window.devicePixelRatio || 1;
  const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.style.cssText = `width:${width}px;height:${height}px`;
  if (label) canvas.setAttribute("aria-label", label), canvas.setAttribute("role", "img");
  else canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d").setTransform(scale, 0, 0, scale, 0, 0);
  return canvas;
}

// 256 colors from negative over the page to positive, pale enough for samples of the same colors.
function shades(look) {
  const bytes = new Uint8ClampedArray(1024);
  for (let k = 0; k < 256; k++) {
    const share = 0.5 + PALE * (k / 255 - 0.5);
    const [r, g, b] = mixed(look, share).match(/\d+/g).map(Number);
    bytes.set([r, g, b, 255], 4 * k);
  }
  return new Uint32Array(bytes.buffer);
}

// Segments between grid positions where values cross a level: [x0, y0, x1, y1] as shares.
export function contour(values, size, level) {
  const found = [];
  const at = (row, column) => values[row * size + column] - level;
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
      const ends = [];
      for (let k = 0; k < 4; k++) {
        const [[r0, c0], [r1, c1]] = [corners[k], corners[(k + 1) % 4]];
        const [a, b] = [at(r0, c0), at(r1, c1)];
        if (a < 0 === b < 0) continue;
        const t = a / (a - b);
        ends.push([(c0 + (c1 - c0) * t) / (size - 1), (r0 + (r1 - r0) * t) / (size - 1)]);
      }
      for (let k = 0; k + 1 < ends.length; k += 2) found.push([...ends[k], ...ends[k + 1]]);
    }
  }
  return found;
}

function strokeContour(context, values, size, level, width) {
  context.beginPath();
  for (const [x0, y0, x1, y1] of contour(values, size, level)) {
    context.moveTo(x0 * width, y0 * width);
    context.lineTo(x1 * width, y1 * width);
  }
  context.stroke();
}

export class UnitsView {
  constructor(model, host, tell) {
    this.model = model;
    this.tell = tell;
    this.shown = [...model.shown.map((units) => [...units]), model.outputs.map((_, j) => j)];
    this.selected = model.remembered?.selected ?? [model.hidden, 0];
    const [l, unit] = this.selected;
    if (!this.shown[l].includes(unit)) this.shown[l] = [...this.shown[l].slice(0, -1), unit].sort((a, b) => a - b);
    this.shade = shades(model.look);
    this.net = make("div", { class: "net" });
    this.news = make("p", { class: "news", "aria-live": "polite" });
    this.detail = make("div", { class: "detail" });
    host.append(this.news, this.net, this.detail);
    this.build();
  }

  // --- the drawn network

  build() {
    const { model, net } = this;
    net.replaceChildren();
    // Too many inputs have no place of their own: the first layer then shows its weights.
    this.inputs = model.inputs.length <= 8 ? model.inputs.map((_, i) => i) : [];
    const columns = [this.inputs, ...this.shown];
    const rows = Math.max(...columns.map((units) => units.length));
    const width = Math.max(280, net.clientWidth || 460);
    const size = Math.round(Math.min(rows > 5 ? 42 : 60, (0.55 * width) / columns.length));
    const height = rows * (size + 30) + 8 + TOP;
    net.style.height = `${height}px`;
    const x = (column) => ((column + 0.5) * width) / columns.length;
    const y = (units, place) => TOP + ((height - TOP) * (place + 0.5)) / units.length;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    net.append(this.svg);
    this.size = size;
    this.lines = [];
    this.pictures = [];
    columns.forEach((units, column) => units.forEach((unit, place) => {
      const at = [x(column), y(units, place)];
      this.picture(column - 1, unit, at, size);
      if (!column) return;
      columns[column - 1].forEach((from, k) =>
        this.line(column - 1, from, unit, [x(column - 1), y(columns[column - 1], k)], at, size));
    }));
    model.sizes.slice(1, -1).forEach((n, l) => {
      if (n <= this.shown[l].length) return;
      const rule = "The units whose activations spread most over the samples, times the length of their outgoing weights. The list below has all.";
      net.append(this.placed(make("span", { class: "some", title: rule, text: `${this.shown[l].length} of ${n} units` }),
        x(l + 1), 0));
    });
    this.rebuildDetail();
  }

  placed(element, x, y) {
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
    return element;
  }

  picture(l, unit, [x, y], size) {
    const { model } = this;
    const name = model.unitName(l, unit);
    const drawn = model.x || l >= 0;
    const button = make(l < 0 ? "div" : "button", { class: "unit", title: l < 0 ? name : `Look at ${name}` });
    if (l >= 0) {
      button.type = "button";
      button.dataset.unit = `${l},${unit}`;
      button.setAttribute("aria-label", `Unit ${name}`);
      button.addEventListener("click", () => this.select(l, unit));
    }
    const canvas = drawn ? canvasOf(size, size) : null;
    if (canvas) button.append(canvas);
    button.append(make("small", { text: name }));
    const bias = l < 0 ? null : button.appendChild(make("small"));
    this.net.append(this.placed(button, x, y));
    this.pictures.push({ l, unit, canvas, bias, button });
  }

  line(l, from, unit, [x0, y0], [x1, y1], size) {
    const group = document.createElementNS(SVG, "g");
    const ends = { x1: x0 + size / 2, y1: y0 - 12, x2: x1 - size / 2, y2: y1 - 12 };
    const [line, target] = [0, 1].map(() => {
      const element = document.createElementNS(SVG, "line");
      for (const [name, value] of Object.entries(ends)) element.setAttribute(name, value);
      group.append(element);
      return element;
    });
    target.setAttribute("class", "target"); // wide and invisible, so that it is easily met
    target.dataset.weight = `${l},${from},${unit}`;
    target.addEventListener("pointerenter", () => {
      line.classList.add("lit");
      this.say(l, from, unit);
    });
    target.addEventListener("pointerleave", () => {
      line.classList.remove("lit");
      this.writeNews();
    });
    target.addEventListener("click", () => {
      this.select(l, unit);
      this.detail.querySelector(`[data-row="${from}"] input`)?.focus();
    });
    this.svg.append(group);
    this.lines.push({ l, from, unit, line });
  }

  light(l, from, unit, lit) {
    const found = this.lines.find((line) => line.l === l && line.from === from && line.unit === unit);
    found?.line.classList.toggle("lit", lit);
    if (lit) this.say(l, from, unit);
    else this.writeNews();
  }

  say(l, from, unit) {
    const { model } = this;
    const start = from === model.sizes[l] ? "bias" : model.unitName(l - 1, from);
    const value = shown(model.value(l, from, unit));
    const slope = shown(model.gradient(l, from, unit));
    setText(this.news, `${start} → ${model.unitName(l, unit)}: ${value}, gradient ${slope}`);
  }

  writeNews() {
    const { model } = this;
    const n = model.training.n.toLocaleString("en");
    const some = model.training.n < model.training.n_all ? `${n} of ${model.training.n_all.toLocaleString("en")}` : n;
    let text = `Loss on ${some} training samples: ${shown(model.lossOf())}`;
    if (model.changes.size) {
      text = `Loss on ${some} training samples: ${shown(model.lossOf(model.trained))} as trained, ` +
        `${shown(model.lossOf())} with your ${model.changes.size === 1 ? "change" : `${model.changes.size} changes`}`;
    }
    setText(this.news, text);
  }

  // --- a frame

  draw(sample) {
    this.sample = sample;
    for (const { l, from, unit, line } of this.lines) {
      const value = this.model.value(l, from, unit);
      const share = Math.min(1, Math.abs(value) / this.model.largestWeight);
      line.setAttribute("stroke", value < 0 ? this.model.look.negative : this.model.look.positive);
      line.setAttribute("stroke-width", (0.4 + 5 * share).toFixed(2));
    }
    for (const { l, unit, canvas, bias, button } of this.pictures) {
      if (canvas) this.paint(canvas.getContext("2d"), l, unit, this.size, this.model.grid_size, false);
      if (l < 0) continue;
      setText(bias, `b ${shown(this.model.value(l, this.model.sizes[l], unit))}`);
      button.setAttribute("aria-pressed", String(this.selected[0] === l && this.selected[1] === unit));
    }
    this.writeNews();
    this.writeDetail();
  }

  // Picture of a unit: a map, a curve, its weights, or the distribution of its activations.
  paint(context, l, unit, size, grid, large) {
    const { model } = this;
    context.clearRect(0, 0, size, size);
    if (model.y) this.paintMap(context, l, unit, size, grid, large);
    else if (model.x) this.paintCurve(context, l, unit, size, grid);
    else if (l === 0) this.paintWeights(context, unit, size);
    else if (l > 0) this.paintDistribution(context, l, unit, size, size);
  }

  valuesOver(l, unit, grid, layers) {
    const { model } = this;
    if (l < 0) {
      const points = model.grid(grid);
      const n = model.sizes[0];
      return Float64Array.from({ length: points.length / n }, (_, k) => points[k * n + unit]);
    }
    const { a } = model.surface(grid, layers)[l];
    const n = model.sizes[l + 1];
    return Float64Array.from({ length: a.length / n }, (_, k) => a[k * n + unit]);
  }

  range(l, unit) {
    const { model } = this;
    if (l >= 0) return model.colorRanges[l];
    const [low, high] = unit ? model.y : model.x;
    return [(low + high) / 2, (high - low) / 2];
  }

  // What is 0 on the boundary of a unit: its sum; of one of several classes, its lead.
  sides(l, unit, grid, layers) {
    const { model } = this;
    const { z } = model.surface(grid, layers)[l];
    const n = model.sizes[l + 1];
    const isClass = l === model.hidden && model.output_activation === "softmax";
    return Float64Array.from({ length: z.length / n }, (_, k) => {
      const row = z.subarray(k * n, (k + 1) * n);
      if (!isClass) return row[unit];
      return row[unit] - row.reduce((most, value, j) => (j === unit ? most : Math.max(most, value)), -Infinity);
    });
  }

  paintMap(context, l, unit, size, grid, large) {
    const values = this.valuesOver(l, unit, grid);
    const [middle, half] = this.range(l, unit);
    const image = new OffscreenCanvas(grid, grid);
    const pixels = new ImageData(grid, grid);
    const words = new Uint32Array(pixels.data.buffer);
    values.forEach((value, k) => {
      const share = (value - middle) / half / 2 + 0.5;
      words[k] = this.shade[Math.round(255 * Math.min(1, Math.max(0, share)))];
    });
    image.getContext("2d").putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(image, 0, 0, size, size);
    this.paintSamples(context, size, large ? this.model.samples.n : DOTS, large ? 2.8 : 1.1);
    if (l < 0) return;
    context.strokeStyle = this.model.look.ink;
    context.lineWidth = large ? 1.8 : 1.2;
    const isOutput = l === this.model.hidden;
    if (isOutput && this.model.task === "regression") return; // it has no boundary
    const isChanged = this.model.changes.size && isOutput;
    if (isChanged) { // the student's boundary is thick and in the color of the model
      context.strokeStyle = this.model.color;
      context.lineWidth = large ? 3 : 2;
    }
    if (large || isOutput) strokeContour(context, this.sides(l, unit, grid), grid, 0, size);
    if (isChanged) { // beside the boundary as it was trained
      context.strokeStyle = this.model.look.ink;
      context.lineWidth = 1;
      strokeContour(context, this.sides(l, unit, grid, this.model.trained), grid, 0, size);
    }
  }

  paintSamples(context, size, at_most, radius) {
    const { model } = this;
    const { X, n } = model.samples;
    const place = (i) => [
      (size * (X[2 * i] - model.x[0])) / (model.x[1] - model.x[0]),
      size - (size * (X[2 * i + 1] - model.y[0])) / (model.y[1] - model.y[0]),
    ];
    const step = Math.max(1, Math.ceil(n / at_most));
    for (let i = 0; i < n; i += step) {
      context.fillStyle = model.sampleColor(i);
      context.beginPath();
      context.arc(...place(i), radius, 0, 2 * Math.PI);
      context.fill();
      if (radius < 2) continue;
      context.lineWidth = 0.8;
      context.strokeStyle = model.look.paper;
      context.stroke();
    }
    if (this.sample !== null && this.sample < n) ring(context, ...place(this.sample), radius + 3, model.look.ink);
  }

  paintCurve(context, l, unit, size, grid) {
    const { model } = this;
    const fine = 4 * grid;
    const values = this.valuesOver(l, unit, fine);
    const [middle, half] = this.range(l, unit);
    const to = (value) => size * (0.5 - 0.45 * ((value - middle) / half));
    context.lineWidth = 1;
    context.strokeStyle = model.look.faint;
    path(context, 2, (k) => k * size, () => to(0));
    context.stroke();
    context.lineWidth = 2;
    context.strokeStyle = model.color;
    path(context, fine, (k) => (size * k) / (fine - 1), (k) => to(values[k]));
    context.stroke();
    if (model.changes.size && l === model.hidden) {
      const trained = this.valuesOver(l, unit, fine, model.trained);
      context.setLineDash([4, 3]);
      context.strokeStyle = model.look.ink;
      context.lineWidth = 1.2;
      path(context, fine, (k) => (size * k) / (fine - 1), (k) => to(trained[k]));
      context.stroke();
      context.setLineDash([]);
    }
    if (this.sample === null) return;
    const x = (size * (model.samples.X[this.sample] - model.x[0])) / (model.x[1] - model.x[0]);
    const a = l < 0 ? model.samples.X : model.sampled[l].a;
    ring(context, x, to(a[this.sample * (l < 0 ? 1 : model.sizes[l + 1]) + unit]), 4, model.look.ink);
  }

  // Weights of a unit of the first layer: an image, or a bar for each feature, the first on top.
  paintWeights(context, unit, size) {
    const { model } = this;
    const { W, n_in, n_out } = model.layers[0];
    if (model.image_shape) return this.paintImage(context, (i) => W[i * n_out + unit], size);
    const bar = size / n_in;
    for (let i = 0; i < n_in; i++) {
      const w = W[i * n_out + unit];
      const length = (Math.abs(w) / model.largestWeight) * (size / 2);
      context.fillStyle = w < 0 ? model.look.negative : model.look.positive;
      context.fillRect(w < 0 ? size / 2 - length : size / 2, i * bar, length, Math.max(0.6, bar - 0.5));
    }
  }

  paintImage(context, weight, size) {
    const [height, width] = this.model.image_shape;
    const image = new OffscreenCanvas(width, height);
    const pixels = new ImageData(width, height);
    const words = new Uint32Array(pixels.data.buffer);
    for (let i = 0; i < words.length; i++) {
      const share = Math.min(1, Math.max(-1, weight(i) / this.model.largestWeight));
      words[i] = this.shade[Math.round(127.5 + 127.5 * share)];
    }
    image.getContext("2d").putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, size, size);
    return null;
  }

  // Stacked histogram of the activations of the samples, by class.
  paintDistribution(context, l, unit, width, height) {
    const { model } = this;
    const { a } = model.sampled[l];
    const [n, n_units] = [model.samples.n, model.sizes[l + 1]];
    const [middle, half] = this.range(l);
    const kinds = model.samples.colors ?? [model.color];
    const counts = kinds.map(() => new Array(BINS).fill(0));
    for (let i = 0; i < n; i++) {
      const share = (a[i * n_units + unit] - middle) / half / 2 + 0.5;
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor(share * BINS)));
      counts[model.samples.classes ? model.samples.classes[i] : 0][bin] += 1;
    }
    const most = Math.max(...counts[0].map((_, bin) => counts.reduce((sum, of) => sum + of[bin], 0)), 1);
    for (let bin = 0; bin < BINS; bin++) {
      let from = height;
      kinds.forEach((color, kind) => {
        const size = (counts[kind][bin] / most) * height;
        context.fillStyle = color;
        context.fillRect((bin * width) / BINS, from - size, width / BINS - 0.5, size);
        from -= size;
      });
    }
  }

  // --- one unit large

  select(l, unit) {
    this.selected = [l, unit];
    if (this.model.remembered) this.model.remembered.selected = this.selected;
    if (!this.shown[l].includes(unit)) { // takes the place of the last one
      this.shown[l] = [...this.shown[l].slice(0, -1), unit].sort((a, b) => a - b);
      this.build();
    } else this.rebuildDetail();
    this.draw(this.sample);
  }

  rebuildDetail() {
    this.parts = buildDetail(this);
    this.detail.replaceChildren(...this.parts.elements);
  }

  writeDetail() {
    writeDetail(this, this.parts);
  }
}

export function ring(context, x, y, radius, color) {
  context.lineWidth = 1.6;
  context.strokeStyle = color;
  context.setLineDash([]);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}
