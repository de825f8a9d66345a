/** Text that breaks layouts, for tests. @module */

/** Kinds of difficult text, by name. */
export const TORTURE: Readonly<Record<string, string>> = {
  "combining marks":
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033da\u0300\u0301\u0302l\u0324\u0331g\u0307o\u030a",
  "four thousand marks": "a" + "\u0301".repeat(4000) + "b",
  "a lonely mark": "\u0301x",
  "families": "👨‍👩‍👧‍👦 👩🏽‍❤️‍💋‍👨🏿 👨🏻‍👩🏻‍👧🏻‍👦🏻",
  "flags": "🇩🇪🇫🇷🇯🇵 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈 🇽🇽 🇩",
  "skin tones": "👍🏻👍🏽👍🏿 🤝🏽 ✋🏾 🏻",
  "modifiers without end": "👍" + "🏻".repeat(50),
  "keycaps": "1️⃣2️⃣#️⃣*️⃣ 1⃣",
  "text and emoji style": "☺︎☺️ ❤︎❤️ ⚠⚠️ ↔️",
  "ideographs": "漢字かなカナ 한국어 𠀀𠮷 ｈａｌｆ ﾊﾝｶｸ",
  "jamo": "\u1112\u1161\u11ab\u1100\u1173\u11af",
  "Hebrew": "שלום עולם abc שָׁלוֹם",
  "Arabic": "مرحبا بالعالم ١٢٣ لا",
  "Devanagari": "नमस्ते क्षत्रिय र्क हिन्दी",
  "Tamil and Bengali": "தமிழ் கொ க்ஷ বাংলা ক্ষ",
  "Thai and Lao": "ที่นี่ น้ำ ກຳ",
  "Tibetan": "བོད་ཡིག རྒྱུ",
  "Khmer": "ភាសាខ្មែរ ស្ត្រី",
  "joiners": "a\u200db \u200d\u200d c\u200cd",
  "invisible": "a\u200bb\u2060c\ufeffd\u00ade",
  "directions": "a\u202eb\u2066c\u2069d\u200fe",
  "separators": "a\u2028b\u2029c\u0085d",
  "controls": "a\x1b[31mb\x07c\x9b2Jd\x00e\x7ff\tg",
  "halves of characters": "a\ud83db\udc4dc",
  "ambiguous": "±×÷§¶αβγабв│─┼①②③“”…",
  "ten thousand letters": "x".repeat(10_000),
  "ten thousand ideographs": "漢".repeat(3_400),
};

/** Graphemes and pieces of graphemes, for random text. */
export const BITS: readonly string[] = [
  ..."abc XYZ 0 -.~ ",
  ...["é", "e\u0301", "\u0301", "漢", "字", "ｈ", "한", "👍", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪", "🇩", "1️⃣", "☺️", "☺", "❤️"],
  ...[
    "ש",
    "م",
    "क्ष",
    "नि",
    "ที่",
    "\u200d",
    "\ufe0f",
    "│",
    "─",
    "…",
    "\x1b",
    "\u202e",
    "\u200b",
    "\x9b",
    "\u2028",
  ],
];
