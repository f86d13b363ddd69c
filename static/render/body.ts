import type { Box, ChipItem } from "../scene/items";
import type { Pen } from "./pen";

/**
 * Draws a link's chip without the link's name. Shape and colour show the kind of the link; a hatch shows that the link
 * is down.
 */
export function drawBody(pen: Pen, item: ChipItem, box: Box, radius: number): void {
  const { palette } = pen;
  const tone = item.down ? palette.ink3 : pen.tone(item.tone);
  if (pen.level === "plates") {
    pen.g.fillStyle = tone;
    pen.g.fillRect(box.x, box.y, box.w, box.h);
    return;
  }
  const dash = item.form === "dashed" ? [4, 2] : item.form === "dotted" ? [1.5, 2] : [];
  const filled = item.form === "filled" && !item.down;
  const plain = item.form === "plain";
  // Without its name, a plain chip needs a border: otherwise it looks like a smear on the border of its namespace.
  const edge = !plain ? tone : pen.level === "full" ? null : palette.ink3;
  pen.rect(box, radius, filled ? tone : plain ? palette.sunk : palette.panel, edge, plain ? 1 : 1.5, dash);
  if (item.down) hatch(pen, box, radius);
}

function hatch(pen: Pen, box: Box, radius: number): void {
  const { g } = pen;
  g.save();
  g.beginPath();
  g.roundRect(box.x + 1, box.y + 1, box.w - 2, box.h - 2, radius);
  g.clip();
  g.beginPath();
  for (let x = box.x - box.h; x < box.x + box.w; x += 5) {
    g.moveTo(x, box.y + box.h);
    g.lineTo(x + box.h, box.y);
  }
  g.strokeStyle = pen.palette.ink3;
  g.lineWidth = 1;
  g.setLineDash([]);
  g.stroke();
  g.restore();
}
