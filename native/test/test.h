// What the tests of the core share: seeded dice, random text, and what becomes of a difference.
#pragma once

#include <cstddef>
#include <cstdint>

#include "checks.h"

namespace u8t_test {

// The tests, a file each. With `quick` they leave out what takes minutes under an emulator or with sanitizers.
void test_validation(u8t::Target target, bool quick);
void test_framing(u8t::Target target, bool quick);
void test_text(u8t::Target target, bool quick);
void test_gather(u8t::Target target);
// Of what is the same for all targets.
void test_tokens();

// From here on the dice depend on the seed of the program and on `salt` alone.
void set_dice(uint64_t salt);
uint64_t next_random();
size_t below(size_t n);

void count_check();

// Text of mixed scripts with line ends, reserved bytes and errors, each as dense as the dice say.
Bytes random_text(size_t length);

// Calls `test(word)` with words of four bytes: all of 27 boundary bytes and, unless `quick`, all with three bytes of
// any kind in front of an `a`, and all with the leads F0–F7.
template <typename Test>
void for_each_word(bool quick, Test test) {
  static constexpr uint8_t kBoundary[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xAF,
                                          0xB0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
                                          0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
  const auto call = [&test](uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    count_check();
    const uint8_t word[] = {static_cast<uint8_t>(a), static_cast<uint8_t>(b), static_cast<uint8_t>(c),
                            static_cast<uint8_t>(d)};
    test(word);
  };
  for (const uint8_t a : kBoundary) {
    for (const uint8_t b : kBoundary) {
      for (const uint8_t c : kBoundary) {
        for (const uint8_t d : kBoundary) call(a, b, c, d);
      }
    }
  }
  if (quick) return;
  for (uint32_t three = 0; three < 1U << 24; three++) call(three >> 16, three >> 8, three, 'a');
  for (uint32_t four = 0xF0000000; four < 0xF8000000; four++) call(four >> 24, four >> 16, four >> 8, four);
}

// Counts a check, too; a difference is printed with target, seed and input, and ends the program.
void expect(Difference difference, u8t::Target target, const Bytes& input);

}  // namespace u8t_test
