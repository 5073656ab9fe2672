// A film that plays over the Plotly charts of a page.
//
// At rest Plotly draws everything. While the film moves, a canvas over the plot area of each chart
// shows the frame, with the axes of that chart; it disappears once the server has drawn the same
// epoch with Plotly. The curves' cursor is always drawn here. Others on the page that move along
// hear the event "annlab-epoch" of the document. Needs arrays.js, drawing.js, overlay.js and
// film_frames.js.

const CHECKPOINTS_PER_SECOND = 10;
const REST_MS = 200;

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
