// The picture of a pad: axes, points, brush and cursor. Needs drawing.js.

const EDGE = { left: 38, right: 8, top: 6, bottom: 34 };
const MARKER = 3.6;
const TICK = 2; // in units of the axes
const CURSOR = 9;

const minus = (value) => String(value).replace("-", "−");

export class PadPicture {
  constructor(place, { look, reach, per_unit: perUnit, classes }) {
    Object.assign(this, { place, look, reach, perUnit, classes });
  }

  // Give the canvas the size of its sides in pixels.
  resize(side) {
    if (side === this.side) return;
    this.side = side;
    this.inner = side - EDGE.left - EDGE.right;
    this.canvas = canvasOf(side, this.inner + EDGE.top + EDGE.bottom);
    this.place.replaceChildren(this.canvas);
  }

  get scale() {
    return this.inner / (2 * this.reach);
  }

  x(value) {
    return EDGE.left + (value + this.reach) * this.scale;
  }

  y(value) {
    return EDGE.top + (this.reach - value) * this.scale;
  }

  // Position under a pointer, which may lie beyond the edge.
  at({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [
      (clientX - box.left - EDGE.left) / this.scale - this.reach,
      this.reach - (clientY - box.top - EDGE.top) / this.scale,
    ];
  }

  // `shown`: points, names of the axes, whether points have classes; and the brush (position,
  // radius) and the cursor (position), null for none.
  paint(shown) {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.side, this.side);
    this.#axes(context, shown.names);
    for (const [x, y, label] of shown.points) {
      const { color, symbol } = shown.hasClasses ? this.classes[label] : { color: this.look.muted, symbol: "circle" };
      context.fillStyle = color;
      marker(context, symbol, this.x(x), this.y(y), MARKER);
      context.fill();
    }
    if (shown.brush) ring(context, this.x(shown.brush.at[0]), this.y(shown.brush.at[1]), Math.max(2, shown.brush.radius * this.scale), this.look.muted);
    if (shown.cursor) this.#cross(context, ...shown.cursor);
  }

  #axes(context, names) {
    const { look, reach, perUnit } = this;
    const line = (x0, y0, x1, y1) => {
      context.moveTo(this.x(x0), this.y(y0));
      context.lineTo(this.x(x1), this.y(y1));
    };
    const ticks = [];
    for (let unit = -Math.floor(reach / perUnit / TICK) * TICK; unit * perUnit <= reach; unit += TICK) ticks.push(unit);
    context.lineWidth = 1;
    context.strokeStyle = look.faint;
    context.beginPath();
    for (const unit of ticks) {
      line(unit * perUnit, -reach, unit * perUnit, reach);
      line(-reach, unit * perUnit, reach, unit * perUnit);
    }
    context.globalAlpha = 0.5;
    context.stroke();
    context.globalAlpha = 1;
    context.strokeRect(EDGE.left, EDGE.top, this.inner, this.inner);
    context.font = "12px sans-serif";
    context.fillStyle = look.muted;
    context.textAlign = "center";
    const bottom = EDGE.top + this.inner;
    ticks.forEach((unit) => context.fillText(minus(unit), this.x(unit * perUnit), bottom + 15));
    context.fillText(names[0], EDGE.left + this.inner / 2, bottom + 30);
    context.textAlign = "right";
    ticks.forEach((unit) => context.fillText(minus(unit), EDGE.left - 5, this.y(unit * perUnit) + 4));
    context.textAlign = "center";
    context.save();
    context.translate(12, EDGE.top + this.inner / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(names[1], 0, 0);
    context.restore();
  }

  #cross(context, x, y) {
    const [px, py] = [this.x(x), this.y(y)];
    context.lineWidth = 2;
    context.strokeStyle = this.look.ink;
    context.beginPath();
    for (const [dx, dy] of [[CURSOR, 0], [0, CURSOR]]) {
      context.moveTo(px - dx, py - dy);
      context.lineTo(px - dx / 3, py - dy / 3);
      context.moveTo(px + dx / 3, py + dy / 3);
      context.lineTo(px + dx, py + dy);
    }
    context.stroke();
  }
}
