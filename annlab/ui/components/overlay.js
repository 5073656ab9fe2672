// Canvases over the Plotly charts of the page.

// Whether a chart can be seen: Streamlit lets Plotly draw it once unseen, before it has its size.
const isDrawn = (chart) =>
  Boolean(chart?.querySelector(".nsewdrag")) && getComputedStyle(chart).visibility !== "hidden";

export const chartOf = (key) => document.querySelector(`.st-key-${key} .js-plotly-plot`);

// A canvas over the plot area of a chart, and the axes of the chart.
export class Overlay {
  // `pad`: pixels around the plot area, so that dots on its edge are whole. `name`: class of the
  // canvas. `axes`: Plotly's names of the axes, "x2y2" for the second panel of a chart.
  constructor(key, pad = 0, name = "annlab-film", axes = "xy") {
    this.key = key;
    this.pad = pad;
    this.name = name;
    this.axes = axes;
  }

  // Prepare for painting; null if the chart is not there, or not yet drawn.
  start() {
    const chart = chartOf(this.key);
    if (!isDrawn(chart)) return null;
    const area = chart.querySelector(`.nsewdrag[data-subplot="${this.axes}"]`);
    const layout = chart._fullLayout;
    const [, x_number, y_number] = this.axes.match(/^x(\d*)y(\d*)$/);
    const [x_axis, y_axis] = [layout?.[`xaxis${x_number}`], layout?.[`yaxis${y_number}`]];
    if (!area || !x_axis?.range) return null;
    const host = document.querySelector(`.st-key-${this.key}`);
    if (!this.canvas) {
      this.canvas = document.createElement("canvas");
      this.canvas.className = this.name;
      this.canvas.style.position = "absolute"; // it moves nothing before it has its place
      this.canvas.setAttribute("aria-hidden", "true");
    }
    this.follow();
    const [inner, outer] = [area.getBoundingClientRect(), host.getBoundingClientRect()];
    if (inner.width < 1 || inner.height < 1) return null;
    const { pad } = this;
    const [width, height] = [inner.width + 2 * pad, inner.height + 2 * pad];
    const scale = window.devicePixelRatio || 1;
    const { canvas } = this;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const [left, top] = [inner.left - outer.left - pad, inner.top - outer.top - pad];
    const place = `position:absolute;pointer-events:none;left:${left}px;top:${top}px;width:${width}px;height:${height}px;`;
    if (this.place !== place || !canvas.style.width) {
      this.place = place;
      canvas.style.cssText = place;
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.translate(pad, pad);
    const [x, y] = [scaleOf(x_axis), scaleOf(y_axis)];
    const to = { x: (v) => x(v) * inner.width, y: (v) => (1 - y(v)) * inner.height };
    return { context, to, width: inner.width, height: inner.height, layout };
  }

  // Go where the next chart will be, so that what was painted stays until that one is drawn.
  follow() {
    const host = document.querySelector(`.st-key-${this.key}`);
    if (host && this.canvas && this.canvas.parentElement !== host) host.append(this.canvas);
  }

  // Whether the server has drawn this epoch.
  shows(epoch) {
    const chart = chartOf(this.key);
    return isDrawn(chart) && chart._fullLayout?.meta?.epoch === epoch;
  }

  hide() {
    if (this.canvas) this.canvas.style.visibility = "hidden";
  }

  // While it covers the chart, it also catches the pointer: texts on hover are of another epoch.
  show(covers) {
    const { style } = this.canvas;
    if (style.visibility !== "visible") style.visibility = "visible";
    const events = covers ? "auto" : "none";
    if (style.pointerEvents !== events) style.pointerEvents = events;
  }

  remove() {
    this.canvas?.remove();
  }
}

// Share of an axis at a value.
function scaleOf(axis) {
  const [first, last] = axis.range.map(Number);
  const value = axis.type === "log" ? (v) => (v > 0 ? Math.log10(v) : first) : (v) => v;
  return (v) => Math.min(10, Math.max(-10, (value(v) - first) / (last - first)));
}
