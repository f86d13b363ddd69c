import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/column.css";
import "./style/keys.css";
import "./style/inspector.css";
import "./style/facts.css";
import "./style/phone.css";
import { bootData, serverPart } from "./parts/dom";
import { App } from "./shell/app";
import type { Boot } from "./shell/boot";
import { applyColours } from "./shell/colours";
import { loadWords } from "./words/current";
import { languageOf } from "./words/language";

applyColours();
void loadWords(languageOf(document.documentElement.lang)).then(() => {
  new App(bootData() as Boot).start(serverPart("shell"));
});
