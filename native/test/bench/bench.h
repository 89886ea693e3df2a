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

// Median GB/s of `work` over `bytes` bytes.
template <typename Work>
double speed(size_t bytes, double seconds, Work work) {
  std::vector<double> rates;
  const size_t repeats = 1 + 65536 / (bytes + 1);
  const auto begin = Clock::now();
  do {
    size_t rounds = 0;
    const auto start = Clock::now();
    std::chrono::duration<double> took{};
    do {
      // Short work is repeated: a look at the clock takes as long as a few hundred bytes.
      for (size_t i = 0; i < repeats; i++) work();
      rounds += repeats;
      took = Clock::now() - start;
    } while (took.count() < 0.002);
    rates.push_back(static_cast<double>(bytes) * static_cast<double>(rounds) / took.count() / 1e9);
  } while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds);
  std::nth_element(rates.begin(), rates.begin() + static_cast<ptrdiff_t>(rates.size() / 2), rates.end());
  return rates[rates.size() / 2];
}

}  // namespace u8t_bench
