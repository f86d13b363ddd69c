import type { Mark } from "../scene/items";
import type { Pen } from "./pen";

/** Draws a triangle for a warning or a disc for a note. An outline gives contrast on any background. */
export function drawMark(pen: Pen, mark: Mark, x: number, y: number): void {
  const { g } = pen;
  g.beginPath();
  if (mark === "warn") {
    g.moveTo(x, y - 6);
    g.lineTo(x + 6, y + 5);
    g.lineTo(x - 6, y + 5);
    g.closePath();
  } else g.arc(x, y, 5, 0, 7);
  g.lineWidth = 3;
  g.setLineDash([]);
  g.strokeStyle = pen.palette.ground;
  g.stroke();
  g.fillStyle = mark === "warn" ? pen.palette.warn : pen.palette.ink3;
  g.fill();
}
