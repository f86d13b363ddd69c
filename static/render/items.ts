import { TONE } from "../model/kinds";
import type {
  BarItem,
  ChipItem,
  Figure,
  Item,
  LabelItem,
  PlateItem,
  RegionItem,
  SocketItem,
  StubItem,
  WireItem,
} from "../scene/items";
import { listed } from "../words/format";
import { drawBody } from "./body";
import { drawCard } from "./card";
import { drawMark } from "./mark";
import { OVERHANG, type Pen } from "./pen";
import { drawnBox, drawStatus } from "./status";

type Box = ReturnType<Pen["box"]>;

/** Draws something on the map (such as a link) and its status, with as much detail as the current zoom allows. */
export function drawItem(pen: Pen, item: Item): void {
  if (item.status !== "removed") drawFigure(pen, item);
  drawStatus(pen, item, 1);
}

function drawFigure(pen: Pen, item: Figure): void {
  switch (item.type) {
    case "region":
      return drawRegion(pen, item);
    case "rack":
      return pen.rect(pen.box(item), [0, 0, 4, 4], pen.palette.sunk, pen.palette.line);
    case "bar":
      return drawBar(pen, item);
    case "card":
      return drawCard(pen, item);
    case "chip":
      return drawChip(pen, item);
    case "wire":
      return drawWire(pen, item);
    case "dot":
      return pen.level === "plates" ? undefined : drawDot(pen, item.x + 3, item.y + 3, pen.tone(item.tone));
    case "socket":
      return drawSocket(pen, item);
    case "label":
      return drawLabel(pen, item);
    case "stub":
      return drawStub(pen, item);
    case "plate":
      return drawPlate(pen, item);
  }
}

function drawRegion(pen: Pen, item: RegionItem): void {
  const { palette } = pen;
  const box = pen.box(item);
  pen.rect(box, 6, palette.ground, palette.lineStrong);
  const titlePx = item.ground ? 16 : 14;
  if (pen.level === "full") return drawTitle(pen, item, box, pen.size(titlePx, titlePx));
  const x = box.x + Math.max(8, Math.round(24 * pen.k));
  // Cards may stand beside the title.
  const room = box.x + item.room * pen.k - x - 8;
  const head = (item.ground ? 128 : 88) * pen.k;
  if (pen.level === "outline") {
    const title = pen.fitted(item.title, pen.ui(titlePx, 600), room);
    const y = box.y + Math.max(24, Math.round(42 * pen.k));
    pen.text(title, x, y, pen.ui(titlePx, 600), palette.ink);
    if (item.ground && y + 18 < box.y + head) pen.text(summaryIn(pen, item, room), x, y + 18, pen.ui(11), palette.ink2);
    return;
  }
  // If the row with the title is not high enough for text at this zoom, the host's title is drawn above the border of
  // the host namespace, and all other namespaces have no title.
  const y = head >= 24 ? box.y + Math.round(head / 2) + 5 : box.y - 8;
  if (!item.ground && head < 24) return;
  const above = box.w - 2 * (x - box.x);
  drawLine(pen, item, x, y, head >= 24 ? room : above);
}

/** Returns as many parts of the summary of a namespace as fit, without a cut word. */
function summaryIn(pen: Pen, { summary }: RegionItem, room: number): string {
  const texts = summary.map((_, at) => listed(summary.slice(0, at + 1)));
  return texts.findLast((text) => pen.width(text, pen.ui(11)) <= room) ?? "";
}

/** Draws the title and the summary of a namespace in one line. */
function drawLine(pen: Pen, item: RegionItem, x: number, y: number, room: number): void {
  const title = pen.fitted(item.title, pen.ui(14, 600), room);
  const width = pen.text(title, x, y, pen.ui(14, 600), pen.palette.ink);
  pen.text(summaryIn(pen, item, room - width - 12), x + width + 12, y, pen.ui(11), pen.palette.ink2);
}

function drawTitle(pen: Pen, item: RegionItem, box: Box, px: number): void {
  const { palette } = pen;
  const x = box.x + Math.round(24 * pen.k);
  const room = (item.ground ? 372 : 190) * pen.k;
  const title = pen.fitted(item.title, pen.ui(px, 600), room);
  const y = box.y + Math.round((item.ground ? 66 : 60) * pen.k);
  const width = pen.text(title, x, y, pen.ui(px, 600), palette.ink);
  pen.text(
    pen.fitted(item.nature, pen.ui(pen.size(12)), room - width - 10),
    x + width + 10,
    y,
    pen.ui(pen.size(12)),
    palette.ink2,
  );
  if (item.mark !== null) drawMark(pen, item.mark, box.x + Math.round(10 * pen.k), y - 5);
  const mono = pen.mono(pen.size(12));
  const font = pen.ui(pen.size(12));
  // A long IPv6 address is wider than the column of the other keys.
  const column = Math.max(0, ...item.facts.map(([key]) => pen.width(key, mono)).filter((w) => w < room / 2)) + 12;
  let line = y + Math.round((item.ground ? 26 : 20) * pen.k);
  for (const [key, value] of item.facts) {
    const left = Math.max(column, pen.width(key, mono) + 12);
    // Facts contain addresses, so each is written in full or left out.
    if (left + pen.width(value, font) > room) continue;
    pen.text(key, x, line, mono, palette.ink);
    pen.text(value, x + left, line, font, palette.ink2);
    line += Math.round(20 * Math.max(pen.k, 0.8));
  }
}

function drawBar(pen: Pen, item: BarItem): void {
  const { palette } = pen;
  const box = drawnBox(pen, item);
  const { h } = box;
  const tone = pen.tone(TONE.bar);
  pen.rect(box, [Math.min(6, h / 2), Math.min(6, h / 2), 0, 0], palette.panel, tone);
  pen.g.fillStyle = item.down ? palette.ink3 : tone;
  pen.g.fillRect(box.x, box.y + h - 3, box.w, 3);
  if (h < 15) return;
  const px = pen.level === "full" ? pen.size(12, 12) : pen.level === "outline" ? 12 : 13;
  const small = pen.level === "full" ? pen.size(12) : 11;
  const y = box.y + Math.round((h - 3) / 2 + px * 0.36);
  const right =
    pen.level === "plates"
      ? (item.count.split(" ")[0] ?? "")
      : pen.level === "outline" && item.network !== ""
        ? item.network
        : item.count;
  const countFont = right === item.network ? pen.mono(11) : pen.ui(pen.level === "full" ? pen.size(11) : 11);
  const room = box.w - 24;
  const nameFont = pen.mono(px, 600);
  const name = pen.width(item.name, nameFont) <= room ? item.name : "";
  const width = pen.text(name, box.x + 12, y, nameFont, item.down ? palette.ink2 : palette.ink);
  const countWidth = pen.width(right, countFont);
  if (width + countWidth + 16 <= room) pen.text(right, box.x + box.w - 12, y, countFont, palette.ink2, "right");
  const addressFont = pen.mono(small);
  const fits = width + countWidth + pen.width(item.address, addressFont) + 32 <= room;
  if (item.address !== "" && fits && right !== item.network)
    pen.text(item.address, box.x + 12 + width + 12, y, addressFont, palette.ink2);
  if (item.mark !== null) drawMark(pen, item.mark, box.x + box.w, box.y);
}

function drawChip(pen: Pen, item: ChipItem): void {
  const scaled = pen.box(item);
  if (pen.level !== "full" || item.small) {
    const box = drawnBox(pen, item);
    drawBody(pen, item, box, pen.level === "full" ? 4 : 2);
    if (item.mark !== null && pen.level === "outline") drawMark(pen, item.mark, box.x + box.w, box.y);
    return;
  }
  drawBody(pen, item, scaled, 4);
  const font = pen.mono(pen.size(12));
  // Below 100 %, a text shrinks less than its chip.
  const name = pen.fittedName(item.name, font, scaled.w - 4);
  if (name !== "") {
    const y = scaled.y + Math.round(scaled.h / 2 + pen.size(12) * 0.34);
    if (item.down) clearField(pen, scaled, pen.width(name, font));
    pen.text(name, scaled.x + scaled.w / 2, y, font, chipInk(pen, item), "center");
  }
  if (item.mark !== null) drawMark(pen, item.mark, scaled.x + scaled.w, scaled.y);
}

function chipInk(pen: Pen, item: ChipItem): string {
  if (item.down) return pen.palette.ink2;
  return item.form === "filled" ? pen.palette.panel : item.form === "plain" ? pen.palette.ink2 : pen.palette.ink;
}

function clearField(pen: Pen, box: Box, width: number): void {
  pen.g.fillStyle = pen.palette.panel;
  pen.g.fillRect(Math.round(box.x + (box.w - width) / 2 - 2), box.y + 3, Math.round(width + 4), box.h - 6);
}

const WIDTHS = { full: { wire: 2, trunk: 2, bus: 2, drop: 2 }, outline: { wire: 1.5, trunk: 2, bus: 1.5, drop: 1.5 } };

function drawWire(pen: Pen, item: WireItem): void {
  if (item.part === "unseen") return;
  const tone = pen.tone(item.tone);
  const dash = item.dashed ? [6, 4] : [];
  if (pen.level !== "plates") return pen.line(item.path, tone, WIDTHS[pen.level][item.part], dash);
  if (item.part === "drop") return;
  pen.g.globalAlpha = item.part === "bus" ? 0.35 : item.part === "trunk" ? 0.6 : 0.8;
  pen.line(item.path, tone, 1, item.dashed ? [4, 3] : [], 0);
  pen.g.globalAlpha = 1;
}

function drawDot(pen: Pen, x: number, y: number, tone: string): void {
  pen.g.beginPath();
  pen.g.arc(pen.x(x), pen.y(y), pen.level === "full" ? 2.5 : 2, 0, 7);
  pen.g.fillStyle = tone;
  pen.g.fill();
}

export function drawSocket(pen: Pen, item: SocketItem): void {
  if (pen.level !== "plates") pen.rect(drawnBox(pen, item), 0, pen.palette.panel, pen.tone(item.tone), 1.5);
}

function drawLabel(pen: Pen, item: LabelItem): void {
  if (pen.level === "plates") return;
  const box = pen.box(item);
  const caption = item.id.startsWith("caption:");
  if (item.text === "" || (pen.level !== "full" && !caption && !item.id.startsWith("more:")))
    return drawPennant(pen, item);
  if (pen.level !== "full") return;
  const font = pen.mono(pen.size(11));
  if (caption) {
    pen.text(
      item.text,
      box.x + box.w / 2,
      box.y + Math.round(box.h * 0.7),
      pen.ui(pen.size(11)),
      pen.palette.ink2,
      "center",
    );
    return;
  }
  const y = box.y + Math.round(box.h / 2 + 4);
  pen.rect({ ...box, w: Math.max(box.w, pen.width(item.text, font) + 22) }, 2, pen.palette.panel, pen.tone(item.tone));
  arrow(pen, box.x + 5, box.y + box.h / 2, pen.tone(item.tone));
  pen.text(item.text, box.x + 17, y, font, pen.palette.ink);
}

function arrow(pen: Pen, x: number, y: number, tone: string): void {
  const { g } = pen;
  g.beginPath();
  g.moveTo(x, y);
  g.lineTo(x + 7, y);
  g.moveTo(x + 4, y - 3);
  g.lineTo(x + 7, y);
  g.lineTo(x + 4, y + 3);
  g.strokeStyle = tone;
  g.lineWidth = 1.5;
  g.setLineDash([]);
  g.stroke();
}

function drawPennant(pen: Pen, item: LabelItem): void {
  const { g } = pen;
  const whole = pen.box(item);
  const box = item.text === "" ? whole : { x: whole.x, y: whole.y + whole.h - 8, w: 10, h: 8 };
  g.beginPath();
  g.moveTo(box.x + box.w / 2, box.y + box.h + 1);
  g.lineTo(box.x + box.w / 2, box.y);
  g.lineTo(box.x + box.w + 1, box.y + box.h / 2 - 1);
  g.lineTo(box.x + box.w / 2, box.y + box.h - 2);
  g.fillStyle = g.strokeStyle = pen.tone(item.tone);
  g.lineWidth = 1.5;
  g.setLineDash([]);
  g.fill();
  g.stroke();
}

function drawStub(pen: Pen, item: StubItem): void {
  if (pen.level === "plates") return;
  const tone = pen.tone(TONE.pair);
  const x = pen.x(item.x + item.w / 2);
  const bottom = pen.y(item.y + item.h);
  const top = bottom - (pen.level === "full" ? 14 : 8);
  const { g } = pen;
  g.beginPath();
  g.moveTo(x, bottom);
  g.lineTo(x, top);
  for (const side of [-5, 5]) {
    g.moveTo(x - side, top - 5);
    g.lineTo(x + side, top + 5);
  }
  g.strokeStyle = tone;
  g.lineWidth = 2;
  g.setLineDash([]);
  g.stroke();
  if (pen.level === "full") pen.text(item.text, x + 14, top + 4, pen.ui(pen.size(11)), pen.palette.ink2);
}

function drawPlate(pen: Pen, item: PlateItem): void {
  const { palette } = pen;
  if (pen.level === "plates") return;
  const box = pen.box(item);
  const font = pen.mono(pen.level === "outline" ? 11 : pen.size(12));
  const width = pen.width(item.text, font);
  // Text that extends farther would be cut at the border of a tile.
  const most = box.w + OVERHANG;
  if (pen.level === "outline") {
    if (width <= most) pen.text(item.text, box.x, box.y + box.h - 2, font, palette.ink2);
    return;
  }
  const caption = width + pen.width(item.caption, pen.ui(pen.size(11))) + 32 <= most ? item.caption : "";
  const needed = caption === "" ? width + 20 : width + pen.width(caption, pen.ui(pen.size(11))) + 32;
  pen.rect({ ...box, w: Math.max(box.w, Math.ceil(needed)) }, 4, palette.ground, palette.lineStrong);
  const y = box.y + Math.round(box.h / 2 + 4);
  pen.text(item.text, box.x + 10, y, font, palette.ink);
  pen.text(caption, box.x + 10 + width + 12, y, pen.ui(pen.size(11)), palette.ink2);
}
