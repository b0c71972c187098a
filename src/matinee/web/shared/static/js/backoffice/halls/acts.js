// What buttons and keys do, by name.

import * as commands from "./commands.js";
import { inLines, linesOfIds } from "./selection.js";

export function actsOf(editor) {
  const apply = (command, ...values) => editor.apply(command(editor.state, ...values));
  const held = (why) => apply(commands.change, "held", why);
  return {
    select: () => editor.takeUp("select"),
    block: () => editor.takeUp("block"),
    aisle: () => editor.takeUp("aisle"),
    undo: () => editor.step(true),
    redo: () => editor.step(false),
    save: () => editor.saving.save(),
    escape: () => editor.escape(),

    in: () => editor.zoom.by(1.25),
    out: () => editor.zoom.by(0.8),
    fit: () => editor.zoom.fit(),

    all: () => editor.choose(new Set(editor.plan.seats.map((seat) => seat.id))),
    row: () => editor.choose(inLines(editor.plan, editor.ids.size ? linesOfIds(editor.plan, editor.ids) : new Set([editor.cursor.y]))),

    copy: () => editor.copy(),
    paste: () => apply(commands.paste, editor.copied, editor.cursor),
    delete: () => apply(commands.remove),
    kind: (kind) => apply(commands.change, "kind", kind),
    held,
    house: () => held("house"),
    broken: () => held("broken"),
    "for-sale": () => held(""),
    pair: () => apply(commands.pair),
    focus: () => apply(commands.focus),
    curve: (value) => apply(commands.curve, value),

    "aisle-left": () => editor.makeAisle({ x: editor.cursor.x }),
    "aisle-front": () => editor.makeAisle({ y: editor.cursor.y }),
    "close-column": () => apply(commands.closeColumnAt, editor.cursor.x, editor.linesMeant()),
    "close-line": () => apply(commands.closeLineAt, editor.cursor.y),

    "open-number": () => editor.ids.size && editor.panel.openNumber(),
    "open-zone": () => editor.ids.size && editor.panel.openZone(),
    "set-name": ({ row, place = "" }) => apply(commands.name, { row: row.trim(), place: place.trim() }),
    "set-zone": ({ zone }) => apply(commands.change, "zone", zone.replace(/[:|]/g, " ").replace(/\s+/g, " ").trim() || "standard"),
    "set-number": (options) => apply(commands.number, numberOptions(options)),
  };
}

function numberOptions(options) {
  return { ...options, start: Math.max(0, Math.round(Number(options.start)) || 0), through: "through" in options, skip: "skip" in options };
}
