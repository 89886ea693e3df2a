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

inline std::vector<uint8_t> text_of(const char* kind, size_t size) {
  static const char* const kAscii = "The quick brown fox jumps over the lazy dog, and then it rests for a while. ";
  static const char* const kCyrillic = "Все люди рождаются свободными и равными в своём достоинстве и правах. ";
  static const char* const kCjk = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。";
  static const char* const kEmoji = "🎉🚀 🌍🦊💡 ";
  std::vector<uint8_t> text;
  size_t line = 0;
  uint32_t dice = 1;
  while (text.size() + 400 < size) {
    dice = dice * 1664525 + 1013904223;
    const char* part = kAscii;
    const std::string name = kind;
    if (name == "cyrillic") part = kCyrillic;
    if (name == "cjk") part = kCjk;
    if (name == "mixed") {
      const char* const parts[] = {kAscii, kCyrillic, kCjk, kEmoji};
      part = parts[dice >> 30];
    }
    text.insert(text.end(), part, part + strlen(part));
    line += strlen(part);
    if (line > 400 + (dice >> 16 & 511)) {
      text.push_back('\n');
      line = 0;
    }
  }
  while (text.size() < size) text.push_back('.');
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
