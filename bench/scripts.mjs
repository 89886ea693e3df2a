// Text in several scripts, of any length in UTF-16 code units, for benchmarks. Deterministic; no pair is cut.

/** Each has its own look: bytes a character, runs of ASCII, spaces. */
export const SCRIPTS = {
  ASCII: 'The quick brown fox jumps over the lazy dog, and then it rests for a while. ',
  'accented Latin': 'Déjà été à l’école: l’élève préféré répète où naît la forêt brûlée, ça gêne. ',
  Cyrillic: 'Все люди рождаются свободными и равными в своём достоинстве и правах. ',
  CJK: '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。',
  emoji: '🎉🚀🌍🦊💡🧪🎈🍀🐳🌵',
  mixed: 'Hello, мир! 世界 und Größe 🎉, then more English text; и ещё немного. ',
}

export function textOf(script, units) {
  const text = SCRIPTS[script].repeat(Math.ceil(units / SCRIPTS[script].length)).slice(0, units)
  return text.isWellFormed() ? text : `${text.slice(0, -1)}.`
}
