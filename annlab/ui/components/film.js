// The film bar: plays the checkpoints of all models over the Plotly charts of a page.
//
// At rest Plotly draws everything. While the film moves, a canvas over the plot area of each chart
// shows the frame, with the axes of that chart; it disappears once the server has drawn the same
// epoch with Plotly. The curves' cursor is always drawn here. Others on the page that move along
// hear the event "annlab-epoch" of the document. Needs arrays.js, drawing.js, overlay.js,
// film_cells.js and film_targets.js.

const CHECKPOINTS_PER_SECOND = 10;
const REST_MS = 200;
const SHORT_TRAINING_KEY = "annlab-film-autoplay";
const STEPS = 65535;

// --- drawing ---------------------------------------------------------------------------------

const PAINTERS = {
  plane: paintPlane,
  curve: paintCurve,
  scatter: paintScatter,
  cells: paintCells,
  still: paintStill,
  plane_curve: paintPlaneCurve,
  labels: paintLabels,
};

// Paint frame k of a film; `to` converts positions in units of the data to pixels.
export function paint(context, film, k, to, width, height) {
  context.fillStyle = film.colors.paper;
  context.fillRect(0, 0, width, height);
  PAINTERS[film.kind](context, film, k, to, width, height);
}

function paintPlane(context, film, k, to, width, height) {
  const [, n_y, n_x] = film.shades.shape;
  const image = film.image ?? (film.image = new OffscreenCanvas(n_x, n_y));
  const pixels = film.pixels ?? (film.pixels = new ImageData(n_x, n_y));
  const colors = film.packed_colors ?? (film.packed_colors = packedColors(film.shade_colors));
  const words = new Uint32Array(pixels.data.buffer);
  const shades = film.shades;
  for (let row = 0; row < n_y; row++) {
    const from = (k * n_y + row) * n_x;
    const at = (n_y - 1 - row) * n_x; // the first row is the lowest
    for (let column = 0; column < n_x; column++) words[at + column] = colors[shades[from + column]];
  }
  image.getContext("2d").putImageData(pixels, 0, 0);
  // Grid positions are the middles of pixels.
  const half = [(film.x[1] - film.x[0]) / (n_x - 1) / 2, (film.y[1] - film.y[0]) / (n_y - 1) / 2];
  const [left, right] = [to.x(film.x[0] - half[0]), to.x(film.x[1] + half[0])];
  const [top, bottom] = [to.y(film.y[1] + half[1]), to.y(film.y[0] - half[1])];
  // Codes of classes have no values between them, but their colors do.
  context.imageSmoothingEnabled = true;
  context.drawImage(image, left, top, right - left, bottom - top);
  const x = (step) => to.x(film.x[0] + ((film.x[1] - film.x[0]) * step) / STEPS);
  const y = (step) => to.y(film.y[0] + ((film.y[1] - film.y[0]) * step) / STEPS);
  context.beginPath();
  for (let line = film.line_ends[k]; line < film.line_ends[k + 1]; line++) {
    const at = 4 * line;
    context.moveTo(x(film.lines[at]), y(film.lines[at + 1]));
    context.lineTo(x(film.lines[at + 2]), y(film.lines[at + 3]));
  }
  context.strokeStyle = film.colors.ink;
  context.lineWidth = 2;
  context.lineCap = "round";
  context.stroke();
  const n = film.classes.length;
  const places = Array.from({ length: 2 * n }, (_, i) => (i % 2 ? to.y : to.x)(film.points[i]));
  context.drawImage(samplesOf(film, places, width, height), 0, 0, width, height);
  context.lineWidth = 1.3;
  context.strokeStyle = film.mistake_color;
  for (let i = 0; i < n; i++) {
    if (!film.wrong[k * n + i]) continue;
    marker(context, "circle", places[2 * i], places[2 * i + 1], 4.5);
    context.stroke();
  }
}

// Picture of the samples, which are the same in every frame; made anew when the axes change.
function samplesOf(film, places, width, height) {
  const key = `${width} ${height} ${places[0]} ${places[1]} ${places.at(-2)} ${places.at(-1)}`;
  if (film.drawn?.key === key) return film.drawn.image;
  const scale = window.devicePixelRatio || 1;
  const image = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const context = image.getContext("2d");
  context.setTransform(image.width / width, 0, 0, image.height / height, 0, 0);
  context.lineWidth = 0.7;
  context.strokeStyle = film.colors.paper;
  film.classes.forEach((k, i) => {
    marker(context, film.class_symbols[k], places[2 * i], places[2 * i + 1], 3);
    context.fillStyle = film.class_colors[k];
    context.fill();
    context.stroke();
  });
  film.drawn = { key, image };
  return image;
}

function packedColors(rows) {
  const bytes = new Uint8ClampedArray(rows.flat());
  return new Uint32Array(bytes.buffer);
}

function paintCurve(context, film, k, to, width, height) {
  context.globalAlpha = 0.5;
  context.fillStyle = film.colors.faint;
  for (const [low, high] of film.without_data) {
    context.fillRect(to.x(low), 0, to.x(high) - to.x(low), height);
  }
  const [, n_rows, n] = film.curves.shape;
  const [low, high] = film.y_span;
  const value = (row, i) => low + ((high - low) * film.curves[(k * n_rows + row) * n + i]) / STEPS;
  const x = (i) => to.x(film.x[i]);
  if (n_rows === 3) {
    path(context, 2 * n, (i) => x(i < n ? i : 2 * n - 1 - i),
      (i) => to.y(i < n ? value(1, i) : value(2, 2 * n - 1 - i)));
    context.globalAlpha = 0.18;
    context.fillStyle = film.color;
    context.fill();
  }
  context.globalAlpha = 0.6;
  film.samples.forEach((samples, which) => {
    context.fillStyle = context.strokeStyle = film.colors.ink;
    context.lineWidth = 1;
    for (let i = 0; i < samples.length; i += 2) {
      marker(context, "circle", to.x(samples[i]), to.y(samples[i + 1]), 2.5);
      if (which) context.stroke();
      else context.fill();
    }
  });
  context.globalAlpha = 1;
  if (film.truth) {
    context.setLineDash([9, 9]);
    context.lineWidth = 1.5;
    context.strokeStyle = film.colors.ink;
    path(context, n, x, (i) => to.y(film.truth[i]));
    context.stroke();
    context.setLineDash([]);
  }
  context.lineWidth = 3;
  context.strokeStyle = film.color;
  path(context, n, x, (i) => to.y(value(0, i)));
  context.stroke();
}

function paintScatter(context, film, k, to) {
  const n = film.true.length;
  const [low, high] = film.y_span;
  context.globalAlpha = 0.55;
  context.fillStyle = film.color;
  for (let i = 0; i < n; i++) {
    const predicted = low + ((high - low) * film.predicted[k * n + i]) / STEPS;
    marker(context, "circle", to.x(film.true[i]), to.y(predicted), 2.5);
    context.fill();
  }
  context.globalAlpha = 1;
  context.setLineDash([9, 9]);
  context.lineWidth = 1.5;
  context.strokeStyle = film.colors.ink;
  path(context, 2, (i) => to.x(film.lim[i]), (i) => to.y(film.lim[i]));
  context.stroke();
  context.setLineDash([]);
}

function paintStill(context, film, k, to, width, height) {
  context.fillStyle = film.colors.ink;
  context.font = '14px "Source Sans", sans-serif';
  context.textAlign = "center";
  film.lines.forEach((line, i) => {
    const y = height / 2 + 20 * (i - (film.lines.length - 1) / 2);
    context.fillText(line, width / 2, y, width);
  });
}

// --- the film --------------------------------------------------------------------------------

class Film {
  constructor(data, bar, report) {
    this.data = data;
    this.bar = bar;
    this.report = report;
    this.epochs = data.epochs;
    this.at = this.epochs.length - 1;
    this.pictures = data.models.map(({ film, picture }) => {
      if (film.kind !== "panels") return [new Overlay(picture)];
      return film.axes.map((axes) => new Overlay(picture, 0, "annlab-film", axes));
    });
    this.curves = data.curves.map((curve) => new Overlay(curve.chart, 6));
    this.playing = false;
    this.reported = this.epoch;
    this.drawSoon = this.drawSoon.bind(this);
    this.tick = this.tick.bind(this);
  }

  get epoch() {
    return this.epochs[this.index];
  }

  get index() {
    return Math.min(this.last, Math.floor(this.at));
  }

  get last() {
    return this.epochs.length - 1;
  }

  // --- moving

  go(position) {
    this.at = Math.min(this.last, Math.max(0, position));
    this.draw();
    this.rest();
  }

  step(by) {
    this.pause();
    this.go(this.index + by);
  }

  play() {
    if (this.at >= this.last) this.at = 0;
    this.playing = true;
    this.before = performance.now();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.next);
    this.next = requestAnimationFrame(this.tick);
    this.label();
  }

  pause() {
    this.playing = false;
    this.label();
    this.rest();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  // Frames are skipped rather than delayed: the position follows the clock.
  tick(now) {
    if (!this.playing || this.closed) return;
    const rate = CHECKPOINTS_PER_SECOND * Number(this.bar.speed.value);
    const before = this.index;
    this.at += (rate * Math.max(0, now - this.before)) / 1000;
    this.before = now;
    if (this.at >= this.last) {
      // The last frame is shown as long as any other.
      if (this.repeats) this.at = this.at >= this.last + 1 ? 0 : this.at;
      else {
        this.at = this.last;
        this.playing = false;
        this.label();
        this.rest();
      }
    }
    if (this.index !== before) this.draw();
    if (this.playing) this.next = requestAnimationFrame(this.tick);
  }

  // Tell the server where the film rests, so that Plotly draws this epoch.
  rest() {
    clearTimeout(this.resting);
    if (this.playing) return;
    this.resting = setTimeout(() => {
      if (this.closed || this.playing || this.reported === this.epoch) return;
      this.reported = this.epoch;
      this.report(this.epoch);
    }, REST_MS);
  }

  // Follow the server to an epoch that it shows for a reason of its own.
  follow(epoch) {
    this.playing = false;
    this.at = latest(this.epochs, epoch);
    this.reported = this.epoch;
    this.draw();
    this.label();
  }

  // --- drawing

  drawSoon() {
    if (this.waiting || this.closed) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  draw() {
    if (this.closed) return;
    const { epoch } = this;
    document.dispatchEvent(new CustomEvent("annlab-epoch", { detail: epoch }));
    let complete = true;
    this.data.models.forEach((model, i) => {
      const k = latest(model.epochs, epoch);
      this.write(model, k);
      const overlays = this.pictures[i];
      const films = model.film.panels ?? [model.film];
      overlays.forEach((overlay, panel) => {
        if (!this.playing && overlay.shows(epoch)) {
          overlay.hide();
          return;
        }
        overlay.follow();
        const canvas = overlay.start();
        if (!canvas) {
          complete = false;
          return;
        }
        paint(canvas.context, films[panel], k, canvas.to, canvas.width, canvas.height);
        overlay.show(true);
      });
    });
    this.data.curves.forEach((curve, i) => this.cursor(curve, this.curves[i]));
    const verdict = document.querySelector(".st-key-verdict");
    if (verdict && complete && this.data.models.every((_, i) => this.rests(i))) {
      delete verdict.dataset.moving;
    } else if (verdict && !verdict.dataset.moving) {
      verdict.dataset.moving = "The verdict follows when the film rests.";
    }
    this.bar.slider.value = String(this.index);
    this.bar.slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
    setText(this.bar.epoch, `epoch ${epoch} of ${this.epochs[this.last]}`);
  }

  // Whether the server shows this epoch of a model.
  rests(i) {
    if (this.playing) return false;
    return this.pictures[i].every((overlay) => overlay.shows(this.epoch));
  }

  // Scores of a model in this frame, where the server has written those of its own epoch.
  write(model, k) {
    for (const [name, texts] of Object.entries(model.texts)) {
      const place = document.querySelector(`[data-film="${name}-${model.place}"]`);
      if (!place) continue;
      const [text, tone] = texts[k];
      setText(place, text);
      if ((place.dataset.tone ?? "") === tone) continue;
      if (tone) place.dataset.tone = tone;
      else delete place.dataset.tone;
    }
  }

  cursor(curve, overlay) {
    const canvas = overlay.start();
    if (!canvas) return;
    const { context, to, height, layout } = canvas;
    const over = layout.meta?.over ?? "epoch";
    const { epoch } = this;
    if (over === "epoch") {
      context.setLineDash([3, 3]);
      context.lineWidth = 1;
      context.strokeStyle = this.data.ink;
      context.beginPath();
      context.moveTo(to.x(epoch), 0);
      context.lineTo(to.x(epoch), height);
      context.stroke();
      context.setLineDash([]);
    }
    context.lineWidth = 1.5;
    for (const line of curve.lines) {
      if (!(layout.meta?.splits ?? [line.split]).includes(line.split)) continue;
      const model = this.data.models[line.model];
      const k = latest(model.epochs, epoch);
      if (model.marked_at_end && k === model.epochs.length - 1) continue;
      marker(context, "circle", to.x(model.positions[over][k]), to.y(line.y[k]), 4);
      const filled = line.split === "train";
      context.fillStyle = filled ? model.color : this.data.paper;
      context.strokeStyle = filled ? this.data.paper : model.color;
      context.fill();
      context.stroke();
    }
    overlay.show(false);
  }

  label() {
    const name = this.playing ? "Pause" : "Play";
    this.bar.play.setAttribute("aria-label", name);
    this.bar.play.title = name;
    this.bar.play.textContent = this.playing ? "❚❚" : "▶";
  }

  close() {
    this.closed = true;
    clearTimeout(this.resting);
    delete document.querySelector(".st-key-verdict")?.dataset.moving;
    for (const overlay of [...this.pictures.flat(), ...this.curves]) overlay.remove();
  }
}

// --- the current frame as a picture ----------------------------------------------------------

// All charts of the film as one SVG, with what the film draws over them.
export function frameAsSvg(keys, title, paper) {
  const charts = keys.map(chartOf).filter(Boolean);
  const boxes = charts.map((chart) => chart.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top)) - 24;
  const width = Math.max(...boxes.map((box) => box.right)) - left;
  const height = Math.max(...boxes.map((box) => box.bottom)) - top;
  const parts = [];
  for (const chart of charts) {
    const layers = [...chart.querySelectorAll("svg.main-svg")];
    const host = chart.closest("[class*=st-key-]");
    for (const layer of layers) parts.push(placed(layer, left, top));
    for (const canvas of host?.querySelectorAll("canvas.annlab-film") ?? []) {
      if (canvas.style.visibility !== "hidden") parts.push(imageOf(canvas, left, top));
    }
  }
  const text = `<text x="4" y="16" font-size="14">${escaped(title)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `font-family="sans-serif"><rect width="100%" height="100%" fill="${paper}"/>` +
    `${text}${parts.join("")}</svg>`
  );
}

function placed(layer, left, top) {
  const box = layer.getBoundingClientRect();
  const copy = layer.cloneNode(true);
  copy.setAttribute("x", box.left - left);
  copy.setAttribute("y", box.top - top);
  copy.style.background = "none";
  return new XMLSerializer().serializeToString(copy);
}

function imageOf(canvas, left, top) {
  const box = canvas.getBoundingClientRect();
  return (
    `<image x="${box.left - left}" y="${box.top - top}" width="${box.width}" ` +
    `height="${box.height}" href="${canvas.toDataURL()}"/>`
  );
}

const escaped = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

async function svgAsPng(svg) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  const scale = 2;
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

// --- the bar ---------------------------------------------------------------------------------

const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const setting = {
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } },
};

// The training whose end was told last: of this tab, also after a reload.
let told = null;
const lastEnded = () => {
  try { return told ?? sessionStorage.getItem("annlab-film-ended"); } catch { return told; }
};
const noteEnded = (name) => {
  told = name;
  try { sessionStorage.setItem("annlab-film-ended", name); } catch { /* private mode */ }
};

const byName = (root, name) => root.querySelector(`[data-part=${name}]`);

// What the server says about the results: `at` (epoch), `token` (changes when the server moves the
// film), `ended` (name of a training that has just ended), `short` (it took less than two seconds).
const said = () => {
  const found = document.querySelector("[data-film-at]")?.dataset ?? {};
  return { at: found.filmAt, token: found.filmToken, ended: found.filmEnded, short: found.filmShort };
};

// Tell screen readers, in a region that outlives the results.
function announce(text) {
  let region = document.querySelector("#annlab-news");
  if (!region) {
    region = Object.assign(document.createElement("div"), { id: "annlab-news" });
    region.setAttribute("aria-live", "polite");
    region.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
    document.body.append(region);
  }
  region.textContent = text;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  // Streamlit runs this function again for new data, and calls what it returns only at the end.
  parentElement.annlab?.stop();
  const names = ["play", "back", "forward", "slider", "epoch", "repeat", "speed", "png", "svg", "auto"];
  const bar = Object.fromEntries(names.map((name) => [name, byName(parentElement, name)]));
  const state = (parentElement.annlab = {});
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  let observer = null;
  let sizes = null;

  async function begin() {
    const whole = await unpackAll(JSON.parse(data.film));
    if (listening.signal.aborted) return; // newer data have arrived
    const film = (state.film = new Film(whole, bar, (epoch) => setTriggerValue("epoch", epoch)));
    bar.slider.max = String(film.last);
    bar.slider.disabled = bar.play.disabled = film.last === 0;
    film.repeats = bar.repeat.getAttribute("aria-pressed") === "true";
    on(bar.play, "click", () => film.toggle());
    on(bar.back, "click", () => film.step(-1));
    on(bar.forward, "click", () => film.step(1));
    on(bar.slider, "input", () => {
      film.playing = false;
      film.label();
      film.go(Number(bar.slider.value));
    });
    on(bar.slider, "keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault(); // a space would scroll the page
      film.toggle();
    });
    const menu = byName(parentElement, "menu");
    on(document, "click", (event) => {
      if (!event.composedPath().includes(menu)) menu.open = false;
    });
    on(menu, "keydown", (event) => {
      if (event.key === "Escape") menu.open = false;
    });
    on(bar.repeat, "click", () => {
      film.repeats = !film.repeats;
      bar.repeat.setAttribute("aria-pressed", String(film.repeats));
    });
    bar.auto.checked = setting.get(SHORT_TRAINING_KEY) !== "off";
    on(bar.auto, "change", () => setting.set(SHORT_TRAINING_KEY, bar.auto.checked ? "on" : "off"));
    const keys = [...whole.models.map((model) => model.picture), ...whole.curves.map((c) => c.chart)];
    const title = () => `${whole.title}, epoch ${film.epoch}`;
    const name = (ending) => `epoch-${film.epoch}.${ending}`;
    on(bar.svg, "click", () => {
      const svg = frameAsSvg(keys, title(), whole.paper);
      download(new Blob([svg], { type: "image/svg+xml" }), name("svg"));
    });
    on(bar.png, "click", async () =>
      download(await svgAsPng(frameAsSvg(keys, title(), whole.paper)), name("png")));
    let { token } = said();
    film.follow(Number(said().at ?? film.epochs[film.last]));
    const stage = document.querySelector(".st-key-stage");
    observer = new MutationObserver((changes) => {
      // What the film itself writes is no news.
      if (changes.every(({ target }) => target.nodeType === 1 && target.dataset.film)) return;
      if (said().token !== undefined && said().token !== token) {
        token = said().token;
        film.follow(Number(said().at));
      } else film.drawSoon();
    });
    if (stage) observer.observe(stage, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-film-token"] });
    sizes = new ResizeObserver(film.drawSoon);
    if (stage) sizes.observe(stage);
    const { ended, short } = said();
    if (ended && ended !== lastEnded()) {
      noteEnded(ended);
      const verdict = document.querySelector(".st-key-verdict summary")?.textContent ?? "";
      announce(`Training has ended. ${verdict}`);
      if (short && film.last > 0 && bar.auto.checked && !still()) film.play();
    }
  }

  state.stop = () => {
    listening.abort();
    observer?.disconnect();
    sizes?.disconnect();
    state.film?.close();
  };
  begin();
  return state.stop;
}
