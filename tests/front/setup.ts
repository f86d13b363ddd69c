import { loadWords } from "../../static/words/current";

await loadWords("en");
