// The drawn network: units as small pictures, weights as lines between them, and one unit large.
// Needs drawing.js, inside_model.js and inside_pictures.js.

const SVG = "http://www.w3.org/2000/svg";
const TOP = 16; // pixels for what is said above the columns
const [SKIPS, LABEL] = [58, 16]; // pixels for lines that skip the hidden units, and their label

export class UnitsView extends UnitPictures {
  constructor(model, host, tell) {
    super(model);
    this.tell = tell;
    this.shown = [...model.shown.map((units) => [...units]), model.outputs.map((_, j) => j)];
    this.selected = model.remembered?.selected ?? [model.hidden, 0];
    const [l, unit] = this.selected;
    if (!this.shown[l].includes(unit)) this.shown[l] = [...this.shown[l].slice(0, -1), unit].sort((a, b) => a - b);
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
    const above = rows * (size + 30) + 8 + TOP; // the lines that skip the units run below
    const height = above + (model.n_skips ? (this.inputs.length ? SKIPS : LABEL) : 0);
    net.style.height = `${height}px`;
    const x = (column) => ((column + 0.5) * width) / columns.length;
    const y = (units, place) => TOP + ((above - TOP) * (place + 0.5)) / units.length;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    net.append(this.svg);
    this.size = size;
    this.lines = [];
    this.pictures = [];
    columns.forEach((units, column) => units.forEach((unit, place) => {
      const at = [x(column), y(units, place)];
      this.picture(column - 1, unit, at, size, width / columns.length);
      if (!column) return;
      columns[column - 1].forEach((from, k) =>
        this.line(column - 1, from, unit, [x(column - 1), y(columns[column - 1], k)], at, size));
    }));
    if (model.n_skips) this.addSkips(x, y, height, size);
    model.sizes.slice(1, -1).forEach((n, l) => {
      if (n <= this.shown[l].length) return;
      const rule = "The units whose activations spread most over the samples, times the length of their outgoing weights. The list below has all.";
      net.append(this.placed(make("span", { class: "some", title: rule, text: `${this.shown[l].length} of ${n} units` }),
        x(l + 1), 0));
    });
    this.rebuildDetail();
  }

  // Lines from the inputs straight to the outputs, below the hidden units; many inputs have none.
  addSkips(x, y, height, size) {
    const { inputs, model } = this;
    const [last, outputs] = [model.hidden + 1, this.shown[model.hidden]];
    const text = `${model.n_skips === 1 ? "1 input" : `${model.n_skips} inputs`} straight to the output`;
    const title = "Wide and deep: the output layer also has a weight for each input.";
    this.net.append(this.placed(make("span", { class: "some", title, text }), (x(0) + x(last)) / 2, height - LABEL));
    inputs.forEach((input, k) => outputs.forEach((unit, j) => {
      const ends = [[x(0), y(inputs, k)], [x(last), y(outputs, j)]];
      const deepest = height - 18 - ((SKIPS - 24) * k) / inputs.length;
      this.line(model.hidden, model.sizes[model.hidden] + input, unit, ...ends, size, deepest);
    }));
  }

  placed(element, x, y) {
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
    return element;
  }

  picture(l, unit, [x, y], size, room) {
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
    button.style.maxWidth = `${Math.floor(room)}px`;
    const bias = l < 0 ? null : button.appendChild(make("small"));
    this.net.append(this.placed(button, x, y));
    this.pictures.push({ l, unit, canvas, bias, button });
  }

  line(l, from, unit, [x0, y0], [x1, y1], size, middle = null) {
    const group = document.createElementNS(SVG, "g");
    const d = linePath([x0 + size / 2, y0 - 12], [x1 - size / 2, y1 - 12], middle);
    const [line, target] = [0, 1].map(() => {
      const element = document.createElementNS(SVG, "path");
      element.setAttribute("d", d);
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
    const start = model.rowName(l, from);
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
      setText(bias, `b ${shown(this.model.value(l, this.model.layers[l].n_in, unit))}`);
      button.setAttribute("aria-pressed", String(this.selected[0] === l && this.selected[1] === unit));
    }
    this.writeNews();
    this.writeDetail();
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
