import "./style/tokens.css";
import "./style/base.css";
import "./style/pages.css";
import "./style/keys.css";
import { serverPart } from "./parts/dom";
import { applyColours } from "./shell/colours";
import { keyGroups } from "./shell/keyspanel";
import { loadWords } from "./words/current";
import { languageOf } from "./words/language";

applyColours();
void loadWords(languageOf(document.documentElement.lang)).then(() => {
  serverPart("keys").append(...keyGroups());
});
