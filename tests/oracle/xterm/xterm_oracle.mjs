// A terminal that others wrote, @xterm/headless, behind a pipe: the protocol of ../oracle.py, a command a line on
// standard input, a line of JSON for each on standard output. Reads internals of the very version that package.json
// names.
//
//   node xterm_oracle.mjs FOLDER      FOLDER has node_modules
import {createRequire} from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const require = createRequire(path.resolve(process.argv[2], 'package.json'));
const {Terminal} = require('@xterm/headless');
const {Unicode11Addon} = require('@xterm/addon-unicode11');

const RGB_MASK = 0xffffff;
const COLOR_MODE = 0x3000000;
const MODE_RGB = 0x3000000;
const COLOR = COLOR_MODE | RGB_MASK;
const UNDERLINE_COLOR_UNSET = COLOR;  // what SGR 59 leaves, the same as white
const FG = {inverse: 0x4000000, bold: 0x8000000, underline: 0x10000000, blink: 0x20000000, conceal: 0x40000000,
  strike: 0x80000000};
const BG = {italic: 0x4000000, dim: 0x8000000, extended: 0x10000000, protected: 0x20000000, overline: 0x40000000};
const MOUSE = {NONE: 0, X10: 9, VT200: 1000, DRAG: 1002, ANY: 1003};
const ENCODING = {DEFAULT: 0, SGR: 1006, SGR_PIXELS: 1016};
const STYLE = {block: 1, underline: 3, bar: 5};
const TAIL = '\x7f';
const MANY = ['\x01', '\x02'];

// A count of the whole range of int32 makes these loop for seconds or minutes.
const LARGEST_COUNT = 9999;
const COUNTING = '@PXLMSTIZb';

function color(value) {
  const mode = value & COLOR_MODE;
  if (mode === 0) return '';
  if (mode === MODE_RGB) return '#' + (value & RGB_MASK).toString(16).padStart(6, '0');
  return String(value & 0xff);
}

// The canonical text of a look; see oracle.py.
function look(fg, bg, extended, uri) {
  const parts = [];
  if (fg & COLOR_MODE) parts.push('fg=' + color(fg));
  if (bg & COLOR_MODE) parts.push('bg=' + color(bg));
  if (fg & FG.bold) parts.push('bold');
  if (bg & BG.dim) parts.push('dim');
  if (bg & BG.italic) parts.push('italic');
  // A link shows as style 5 whatever SGR said; without SGR 4 the flag is not set.
  if (fg & FG.underline) {
    const style = extended ? (extended._ext >> 26) & 7 : 1;
    parts.push('underline=' + (style || 1));
    if (extended && (extended.underlineColor & COLOR_MODE) && extended.underlineColor !== UNDERLINE_COLOR_UNSET) {
      parts.push('ul=' + color(extended.underlineColor));
    }
  }
  if (fg & FG.blink) parts.push('blink');
  if (fg & FG.inverse) parts.push('inverse');
  if (fg & FG.conceal) parts.push('conceal');
  if (fg & FG.strike) parts.push('strike');
  if (bg & BG.overline) parts.push('overline');
  if (bg & BG.protected) parts.push('protected');
  if (uri) parts.push('link=' + uri);
  return parts.join(' ');
}

class Oracle {
  constructor(columns, rows, scrollback) {
    this.replies = [];
    this.terminal = new Terminal({
      cols: columns, rows, scrollback, allowProposedApi: true, logLevel: 'off', convertEol: false,
      windowOptions: {pushTitle: true, popTitle: true, getWinSizeChars: true},
    });
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = '11';
    this.core = this.terminal._core;
    this.input = this.core._inputHandler;
    this.cell = this.terminal.buffer.active.getNullCell();
    this.terminal.onData(data => this.replies.push(data));
    this.repair();
  }

  // Errors that would hide others: see KNOWN_ERRORS in known_errors.py.
  repair() {
    this.feed('\x1b(0');
    this.core._charsetService._charsets[0]['_'] = ' ';
    this.feed('\x1b(B');
    keep_looks_of_halves(Object.getPrototypeOf(this.core.buffers.normal.lines.get(0)));
    for (const final of COUNTING) {
      this.input._parser.registerCsiHandler({final}, params => {
        if (params.params[0] > LARGEST_COUNT) params.params[0] = LARGEST_COUNT;
        return false;
      });
    }
    const {saveCursor, restoreCursor} = this.input;
    this.input.saveCursor = function (params) {
      this._activeBuffer.savedRow = this._activeBuffer.y;
      return saveCursor.call(this, params);
    };
    this.input.restoreCursor = function (params) {
      this._activeBuffer.savedY = this._activeBuffer.ybase + (this._activeBuffer.savedRow ?? 0);
      return restoreCursor.call(this, params);
    };
    this.repair_scrolling();
    this.repair_alignment();
  }

  // What SU scrolls off the top goes to the scrollback; SD fills with the pen's background.
  repair_scrolling() {
    this.input.scrollUp = function (params) {
      for (let i = 0; i < Math.min(params.params[0] || 1, this._bufferService.rows); ++i) {
        this._bufferService.scroll(this._eraseAttrData());
      }
      return true;
    };
    this.input.scrollDown = function (params) {
      const {lines, ybase, scrollTop, scrollBottom} = this._activeBuffer;
      for (let i = 0; i < Math.min(params.params[0] || 1, this._bufferService.rows); ++i) {
        lines.splice(ybase + scrollBottom, 1);
        lines.splice(ybase + scrollTop, 0, this._activeBuffer.getBlankLine(this._eraseAttrData()));
      }
      return true;
    };
  }

  // DECALN, as xterm does it: plain characters; of the pen the colours stay; no margins, no origin mode.
  repair_alignment() {
    const {screenAlignmentPattern} = this.input;
    this.input.screenAlignmentPattern = function () {
      const pen = this._curAttrData;
      const {fg, bg} = pen;
      this._coreService.decPrivateModes.origin = false;
      this._activeBuffer.scrollTop = 0;
      this._activeBuffer.scrollBottom = this._bufferService.rows - 1;
      this._processSGR0(pen);
      screenAlignmentPattern.call(this);
      pen.fg = fg & COLOR;
      pen.bg = pen.bg & ~COLOR | bg & (COLOR | BG.protected);
      return true;
    };
  }

  resize(columns, rows) {
    this.terminal.resize(columns, rows);
    const {alt} = this.core.buffers;
    for (let i = 0; i < alt.lines.length; ++i) alt.lines.get(i).resize(columns, alt.getNullCell());
  }

  feed(data) {
    this.core.writeSync(data);
  }

  uri(extended) {
    return extended && extended.urlId ? this.core._oscLinkService.getLinkData(extended.urlId)?.uri : undefined;
  }

  row(line, columns) {
    let text = '';
    const looks = [];
    let used = 0;
    let at = 0;
    for (let column = 0; column < columns; ++column) {
      line.loadCell(column, this.cell);
      const extended = this.cell.bg & BG.extended ? this.cell.extended : undefined;
      const cut = this.cell.getWidth() === 2 && column === columns - 1;
      const chars = cut ? '' : this.cell.getChars();
      const shown = look(this.cell.fg, this.cell.bg, extended, this.uri(extended));
      if (this.cell.getWidth() === 0) text += TAIL;
      else if (chars === '') text += ' ';
      else if (chars.length === 1 || [...chars].length === 1) text += chars;
      else text += MANY[0] + chars + MANY[1];
      if (at > 0 && looks[at - 1][1] === shown) ++looks[at - 1][0];
      else at = looks.push([1, shown]);
      if ((chars !== '' && chars !== ' ') || shown !== '' || this.cell.getWidth() === 0) used = column + 1;
    }
    return {text: trimmed(text, columns - used), looks: trimmed_looks(looks, used), continues: line.isWrapped};
  }

  rows(buffer, begin, end) {
    const rows = [];
    for (let i = begin; i < end; ++i) rows.push(this.row(buffer.lines.get(i), this.core.cols));
    return rows;
  }

  saved(buffer) {
    const data = buffer.savedCurAttrData;
    return {
      row: buffer.savedRow ?? 0, column: Math.min(buffer.savedX, this.core.cols - 1), look: look(data.fg, data.bg),
      charset: charset(buffer.savedCharset),
    };
  }

  state() {
    const {core, input} = this;
    const {normal, alt, active} = core.buffers;
    const modes = core.coreService.decPrivateModes;
    const charsets = core._charsetService;
    const pen = input._curAttrData;
    const {cursorStyle, cursorBlink} = modes;
    const tabs = [];
    for (let column = 0; column < core.cols; ++column) if (active.tabs[column]) tabs.push(column);
    return {
      columns: core.cols, rows: core.rows,
      scrollback: this.rows(normal, 0, normal.ybase),
      primary: this.rows(normal, normal.ybase, normal.ybase + core.rows),
      alternate: active === alt ? this.rows(alt, alt.ybase, alt.ybase + core.rows) : null,
      cursor: {row: active.y, column: Math.min(active.x, core.cols - 1), pending_wrap: active.x >= core.cols},
      saved: {primary: this.saved(normal), alternate: active === alt ? this.saved(alt) : null},
      margins: [active.scrollTop, active.scrollBottom],
      tabs,
      modes: {
        insert: core.coreService.modes.insertMode, newline: core.options.convertEol,
        application_cursor: modes.applicationCursorKeys, application_keypad: modes.applicationKeypad,
        origin: modes.origin, autowrap: modes.wraparound, reverse_wrap: modes.reverseWraparound,
        cursor_blink: core.options.cursorBlink, cursor_visible: !core.coreService.isCursorHidden,
        focus_events: modes.sendFocus, bracketed_paste: modes.bracketedPasteMode,
        synchronized: modes.synchronizedOutput,
      },
      mouse: MOUSE[core.coreMouseService.activeProtocol],
      mouse_encoding: ENCODING[core.coreMouseService.activeEncoding],
      cursor_shape: cursorStyle === undefined ? 0 : STYLE[cursorStyle] + (cursorBlink ? 0 : 1),
      charset: {
        left: charsets.glevel, sets: [0, 1, 2, 3].map(g => charset(charsets._charsets[g])),
        current: charset(charsets.charset),
      },
      pen: look(pen.fg, pen.bg, pen.extended, this.uri(pen.extended)),
      title: input._windowTitle, icon: input._iconName, titles: input._windowTitleStack,
    };
  }
}

const trimmed = (text, blanks) => blanks > 0 ? text.slice(0, text.length - blanks) : text;

function trimmed_looks(looks, used) {
  if (used === 0) return [];
  let total = 0;
  for (const run of looks) total += run[0];
  looks[looks.length - 1][0] -= total - used;
  if (looks[looks.length - 1][0] === 0) looks.pop();
  return looks;
}

function charset(table) {
  if (!table) return 'B';
  if (table['q'] === '\u2500') return '0';
  return table['#'] === '\u00a3' && Object.keys(table).length === 1 ? 'A' : '?';
}

let repaired = false;

// Half of a wide character that is written into becomes a blank: in its own look, not the one that is written.
function keep_looks_of_halves(line) {
  if (repaired) return;
  repaired = true;
  const {setCellFromCodepoint} = line;
  line.setCellFromCodepoint = function (index, character, width, look) {
    if (character === 0 && width === 1 && this.getWidth(index) !== 1) {
      this._data[index * 3] = 1 << 22;
    } else {
      setCellFromCodepoint.call(this, index, character, width, look);
    }
  };
}

const oracles = new Map();

const commands = {
  new: (id, columns, rows, scrollback) => {
    oracles.set(id, new Oracle(+columns, +rows, +scrollback));
    return {};
  },
  feed: (id, data) => {
    oracles.get(id).feed(Buffer.from(data ?? '', 'base64'));
    return {};
  },
  resize: (id, columns, rows) => {
    oracles.get(id).resize(+columns, +rows);
    return {};
  },
  state: id => oracles.get(id).state(),
  replies: id => ({data: Buffer.from(oracles.get(id).replies.splice(0).join('')).toString('base64')}),
  close: id => {
    oracles.get(id).terminal.dispose();
    oracles.delete(id);
    return {};
  },
};

readline.createInterface({input: process.stdin, terminal: false}).on('line', line => {
  const [name, ...words] = line.split(' ');
  let answer;
  try {
    answer = commands[name](...words);
  } catch (error) {
    answer = {error: String(error.stack ?? error)};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
});
