import type { Language } from "./language";
import { actions, keys } from "./en/actions";
import { common } from "./en/common";
import * as inspector from "./en/inspector";
import { kindLabels } from "./en/kinds";
import { hints, legend, map, natures } from "./en/map";
import { gaps, notes, outcomes, problems, subjects, warnings } from "./en/notes";
import { freshness, page, recent, search, teaching } from "./en/page";
import { ipsec, neighbours, netfilter, routes } from "./en/rules";

/** All words of the page in English. Every other catalogue must have the same type. */
export const en = {
  language: "en" as Language,
  common,
  actions,
  keys,
  page,
  search,
  freshness,
  teaching,
  recent,
  map,
  legend,
  natures,
  hints,
  kindLabels,
  notes,
  gaps,
  warnings,
  subjects,
  problems,
  outcomes,
  inspector: { ...inspector, routes, neighbours, netfilter, ipsec },
};

export type Words = typeof en;
