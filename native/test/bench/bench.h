// What benchmarks share: text in several scripts, and a stopwatch.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace u8t_bench {

using Clock = std::chrono::steady_clock;

// The same as in bench/scripts.mjs. "mixed" changes script from word to word, "lines" from sentence to sentence.
inline constexpr struct Script {
  const char* name;
  const char* text;
} kScripts[] = {
    {"ASCII", "The quick brown fox jumps over the lazy dog, and then it rests for a while. "},
    {"Latin", "Déjà été à l’école: l’élève préféré répète où naît la forêt brûlée, ça gêne. "},
    {"Cyrillic", "Все люди рождаются свободными и равными в своём достоинстве и правах. "},
    {"CJK", "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"},
    {"emoji", "🎉🚀🌍🦊💡🧪🎈🍀🐳🌵"},
    {"mixed", "Hello, мир! 世界 und Größe 🎉, then more English text; и ещё немного. "},
    {"lines", nullptr},
};
inline constexpr size_t kPlainScripts = 6;

// Text of `size` bytes, in lines of 400 to 911 bytes if it is to be framed.
inline std::vector<uint8_t> text_of(const Script& script, size_t size, bool line_ends) {
  std::vector<uint8_t> text;
  size_t line = 0;
  uint32_t dice = 1;
  while (text.size() + 400 < size) {
    dice = dice * 1664525 + 1013904223;
    const char* const part = script.text != nullptr ? script.text : kScripts[(dice >> 29) % kPlainScripts].text;
    text.insert(text.end(), part, part + strlen(part));
    line += strlen(part);
    if (line_ends && line > 400 + (dice >> 16 & 511)) {
      text.push_back('\n');
      line = 0;
    }
  }
  while (text.size() < size) text.push_back('.');
  return text;
}

// A part of such text, `size` bytes of whole characters.
inline std::vector<uint8_t> piece_of(const Script& script, size_t size) {
  std::vector<uint8_t> text = text_of(script, size + 1024, false);
  size_t end = size;
  while ((text[end] & 0xC0) == 0x80) end--;
  text.resize(end);
  text.resize(size, '.');
  return text;
}

// GB/s of each of `contenders` over `bytes` bytes. They take short turns, so that what disturbs one disturbs all, and the
// best turn of each counts: noise only ever slows down.
template <typename... Contenders>
std::vector<double> speeds(size_t bytes, double seconds, Contenders... contenders) {
  std::vector<double> best(sizeof...(contenders), 0);
  const auto turn = [&](double& most, auto& work) {
    size_t rounds = 0;
    // Short work is repeated: a look at the clock takes as long as a few hundred bytes.
    const size_t repeats = 1 + 65536 / (bytes + 1);
    const auto start = Clock::now();
    std::chrono::duration<double> took{};
    do {
      for (size_t i = 0; i < repeats; i++) work();
      rounds += repeats;
      took = Clock::now() - start;
    } while (took.count() < 0.0003);
    most = std::max(most, static_cast<double>(bytes) * static_cast<double>(rounds) / took.count() / 1e9);
  };
  const auto begin = Clock::now();
  do {
    size_t i = 0;
    (turn(best[i++], contenders), ...);
  } while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds * sizeof...(contenders));
  return best;
}

}  // namespace u8t_bench
