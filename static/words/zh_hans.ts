import type { Words } from "./en";
import { actions, keys } from "./zh_hans/actions";
import { common } from "./zh_hans/common";
import * as inspector from "./zh_hans/inspector";
import { kindLabels } from "./zh_hans/kinds";
import { hints, legend, map, natures } from "./zh_hans/map";
import { gaps, notes, outcomes, problems, subjects, warnings } from "./zh_hans/notes";
import { freshness, page, recent, search, teaching } from "./zh_hans/page";
import { ipsec, neighbours, netfilter, routes } from "./zh_hans/rules";

/** All words of the page in Simplified Chinese. */
export const zhHans: Words = {
  language: "zh-Hans",
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
