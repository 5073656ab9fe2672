// The same samples and the same grid in the space of each layer. Needs drawing.js,
// inside_model.js, inside_geometry.js and inside_axes.js.

const MOTION_SECONDS = 4;
const MARGIN = 14;
const LARGEST = 195; // pixels: two models below each other fit on a screen
const TURN = 0.01; // radians a pixel
const TURN_OF_A_KEY = 0.1; // radians
const TURNS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class SpaceView {
  constructor(model, host, tell) {
    this.model = model;
    this.tell = tell;
    this.axes = new SpaceAxes(model);
    this.turn = { yaw: 0.6, pitch: 0.4 };
    this.cells = [];
    this.strip = make("div", { class: "strip" });
    if (model.outputs.length > 1 && model.kind === "class") host.append(this.pairChoice());
    host.append(this.strip);
    this.build();
  }

  pairChoice() {
    const { outputs } = this.model;
    const choice = make("select", { "aria-label": "Boundary between" });
    outputs.forEach((a, p) => outputs.slice(p + 1).forEach((b, k) =>
      choice.append(make("option", { value: `${p},${p + 1 + k}`, text: `${a} | ${b}` }))));
    choice.addEventListener("change", () => {
      this.axes.choosePair(choice.value.split(",").map(Number));
      this.draw(this.sample);
    });
    return make("label", { text: "Boundary between " }, choice);
  }

  build() {
    const { model, strip } = this;
    const n = model.sizes.length;
    const width = strip.clientWidth || 480;
    const in_a_row = Math.min(n, Math.max(2, Math.floor(width / 165)));
    this.size = Math.floor(Math.min(LARGEST, (width - 10 * (in_a_row - 1)) / in_a_row));
    this.cells = model.sizes.map((n_units, k) => {
      const canvas = canvasOf(this.size, this.size, this.titleOf(k));
      canvas.addEventListener("click", (event) => this.pick(k, event));
      if (this.axes.of(k).length === 3) this.letTurn(canvas);
      const caption = make("figcaption", { text: this.titleOf(k) });
      const figure = make("figure", {}, canvas, caption);
      figure.style.width = `${this.size}px`;
      if (k) {
        const play = make("button", { type: "button", text: "▶ W, b, f", title: "Play what this layer does: weights, then biases, then activation function" });
        play.addEventListener("click", () => this.play(k));
        const stage = make("small", { class: "motion" });
        const volume = make("small", { class: "volume" });
        figure.append(make("div", { class: "row" }, play, stage), volume);
        return { k, canvas, stage, volume };
      }
      return { k, canvas };
    });
    strip.replaceChildren(...this.cells.map(({ canvas }) => canvas.parentElement));
  }

  titleOf(k) {
    const { model } = this;
    const n = model.sizes[k];
    const has_inputs = this.axes.widthOf(k) > n;
    const what = k === 0 ? "Input" : k === model.sizes.length - 1 ? "Output" : `Layer ${k}${has_inputs ? " and inputs" : ""}`;
    const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
    const units = counted(n, k ? "unit" : "feature") + (has_inputs ? ` and ${counted(model.n_skips, "input")}` : "");
    const { share } = model.spaces[k];
    const of_label = model.kind === "labels" ? ` of ${model.target_names[model.colored]}` : "";
    if (this.axes.isBoundary(k)) return `${what}: ${units}; across: distance to the boundary${of_label}, up: along it`;
    if (!share) return `${what}: ${units}${this.axes.widthOf(k) < 3 ? ` (${this.namesOf(k).join(", ")})` : ""}`;
    return `${what}: ${units}; 2 principal axes, ${Math.round(100 * (share[0] + share[1]))} % of the variance`;
  }

  namesOf(k) {
    const { model } = this;
    return Array.from({ length: this.axes.widthOf(k) }, (_, j) =>
      k < model.layers?.length ? model.rowName(k, j) : model.unitName(k - 1, j));
  }

  // Function from a position to pixels of a cell.
  toPixels(k, axes) {
    const inner = this.size - 2 * MARGIN;
    const ranges = this.axes.rangesOf(k).map(([low, high]) => (high > low ? [low, high] : [low - 1, high + 1]));
    const share = (value, axis) => (value - ranges[axis][0]) / (ranges[axis][1] - ranges[axis][0]);
    const clip = (value) => Math.min(3, Math.max(-2, value));
    if (axes.length === 3) {
      const { yaw, pitch } = this.turn;
      return (p) => {
        const [x, y, z] = [0, 1, 2].map((axis) => clip(share(p[axis], axis)) - 0.5);
        const [u, depth] = [x * Math.cos(yaw) - y * Math.sin(yaw), x * Math.sin(yaw) + y * Math.cos(yaw)];
        const v = z * Math.cos(pitch) + depth * Math.sin(pitch);
        return [this.size / 2 + 0.75 * inner * u, this.size / 2 - 0.75 * inner * v];
      };
    }
    if (axes.length === 2) {
      return (p) => [MARGIN + inner * clip(share(p[0], 0)), MARGIN + inner * (1 - clip(share(p[1], 1)))];
    }
    return (p, i) => [MARGIN + inner * clip(share(p[0], 0)), MARGIN + inner * (0.15 + 0.7 * jitter(i))];
  }

  draw(sample) {
    this.sample = sample;
    const { model } = this;
    const mesh = model.mesh;
    const meshed = mesh && model.pass("mesh", mesh.X, mesh.n);
    for (const { k, volume, run } of this.cells) {
      const A = model.inSpace(k, model.samples.X, model.samples.n, model.sampled);
      const M = mesh && model.inSpace(k, mesh.X, mesh.n, meshed);
      if (!run) this.paint(k, A, M, this.axes.widthOf(k)); // else its motion is played
      if (volume) setText(volume, volumeText(model.layers[k - 1]));
    }
  }

  paint(k, A, M, n_units) {
    const { model } = this;
    const context = this.cells[k].canvas.getContext("2d");
    const axes = this.axes.of(k);
    const to = this.toPixels(k, axes);
    context.clearRect(0, 0, this.size, this.size);
    context.strokeStyle = model.look.faint;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.strokeRect(0.5, 0.5, this.size - 1, this.size - 1);
    if (M && axes.length > 1) this.paintMesh(context, axes, M, n_units, to);
    if (axes.length === 3) paintCorners(context, this.axes.rangesOf(k), to, this.namesOf(k), model.look.muted);
    const at = this.axes.project(axes, A, model.samples.n, n_units);
    this.cells[k].places = Array.from({ length: model.samples.n }, (_, i) =>
      to(at.subarray(i * axes.length, (i + 1) * axes.length), i));
    context.globalAlpha = 0.85;
    this.cells[k].places.forEach(([x, y], i) => {
      context.fillStyle = model.sampleColor(i);
      context.fillRect(x - 1.4, y - 1.4, 2.8, 2.8);
    });
    context.globalAlpha = 1;
    if (k === model.sizes.length - 2 && model.kind !== "values") this.paintBoundary(context, k, axes, to);
    const places = this.cells[k].places;
    if (this.sample !== null && places[this.sample]) ring(context, ...places[this.sample], 5, model.look.ink);
  }

  paintMesh(context, axes, M, n_units, to) {
    const { n, points } = this.model.mesh;
    const at = this.axes.project(axes, M, n, n_units);
    context.strokeStyle = this.model.look.faint;
    context.lineWidth = 0.8;
    context.beginPath();
    for (let i = 0; i < n; i++) {
      const [x, y] = to(at.subarray(i * axes.length, (i + 1) * axes.length), i);
      if (i % points) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
    context.stroke();
  }

  paintBoundary(context, k, axes, to) {
    const { model } = this;
    context.strokeStyle = model.look.ink;
    context.lineWidth = 1.8;
    const ranges = this.axes.rangesOf(k);
    if (this.axes.isBoundary(k)) return strokeLine(context, to([0, ranges[1][0] - 9]), to([0, ranges[1][1] + 9]));
    const { w, b } = this.axes.boundary(model.layers);
    if (w.length === 1) {
      const [x] = to([-b / w[0]], 0);
      return strokeLine(context, [x, 0], [x, this.size]);
    }
    if (w.length === 2) return strokeLine(context, ...lineAcross(w, b, ranges).map((p) => to(p)));
    return paintPlane3(context, w, b, ranges, to);
  }

  // Play the three motions of layer k in its cell: weights, biases, activation function.
  play(k) {
    const { model } = this;
    const layer = model.layers[k - 1];
    const stops = (X, n, passed) => // the inputs behind the activations stay where they are
      motionStops(layer, model.inSpace(k - 1, X, n, passed), n, passed[k - 1])
        .map((stop) => model.asReceived(k, stop, model.inputsOf(X), n));
    const samples = stops(model.samples.X, model.samples.n, model.sampled);
    const { mesh } = model;
    const meshed = mesh && stops(mesh.X, mesh.n, model.pass("mesh", mesh.X, mesh.n));
    const { stage } = this.cells[k];
    const cell = this.cells[k];
    const run = (cell.run = (cell.run ?? 0) + 1);
    const begin = performance.now();
    const frame = (now) => {
      if (run !== cell.run || !cell.canvas.isConnected) return setText(stage, "");
      const time = Math.min(3, (3 * Math.max(0, now - begin)) / 1000 / MOTION_SECONDS);
      setText(stage, ["weights W", "biases b", "activation f"][Math.min(2, Math.floor(time))]);
      this.paint(k, between(samples, time), meshed && between(meshed, time), this.axes.widthOf(k));
      if (time < 3) requestAnimationFrame(frame);
      else {
        setText(stage, "");
        cell.run = 0;
        this.draw(this.sample);
      }
    };
    requestAnimationFrame(frame);
  }

  pick(k, event) {
    if (this.turned) return (this.turned = false);
    const box = event.target.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const distance = (place) => (place[0] - x) ** 2 + (place[1] - y) ** 2;
    const { places } = this.cells[k];
    const best = places.reduce((at, place, i) => (distance(place) < distance(places[at]) ? i : at), 0);
    return this.tell(best);
  }

  letTurn(canvas) {
    canvas.classList.add("turns");
    canvas.title = "Drag to turn, or press the arrow keys";
    canvas.tabIndex = 0;
    canvas.setAttribute("aria-label", `${canvas.getAttribute("aria-label")}. Arrow keys turn it.`);
    canvas.addEventListener("keydown", (event) => {
      const by = TURNS[event.key];
      if (!by) return;
      event.preventDefault(); // the page would scroll
      this.turn.yaw += TURN_OF_A_KEY * by[0];
      this.turn.pitch += TURN_OF_A_KEY * by[1];
      this.draw(this.sample);
    });
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) return;
      this.turned = true;
      this.turn.yaw += TURN * event.movementX;
      this.turn.pitch += TURN * event.movementY;
      this.draw(this.sample);
    });
  }
}
