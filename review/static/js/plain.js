// A page without a screen of its own.
import { screen } from "./screen.js";

screen("plain", [], {});
