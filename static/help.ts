import "./style/tokens.css";
import "./style/base.css";
import "./style/pages.css";
