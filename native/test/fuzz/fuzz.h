// What all fuzz targets share. Each is a file that says how an input of libFuzzer becomes the arguments of a check
// (../checks.h); the check then runs on every target of this machine. Text is taken from the front of the input, so
// that it stands there as it is; options are taken from the end.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <cstdio>
#include <cstdlib>

#include "../checks.h"

namespace u8t_test {

using Input = FuzzedDataProvider;

// What a target defines.
void fuzz(Input& input);

inline size_t below(Input& input, size_t n) { return input.ConsumeIntegralInRange<size_t>(0, n - 1); }
inline size_t shift_of(Input& input) { return below(input, 64); }

// The rest of the input, as it is or again and again: kernels go by runs of 2 KiB, and libFuzzer begins with short
// inputs.
inline Bytes text_of(Input& input) {
  constexpr size_t kLongest = 4096;
  const size_t rounds = below(input, 8) == 0 ? 1 + below(input, 100) : 1;
  const Bytes part = input.ConsumeRemainingBytes<uint8_t>();
  Bytes text = part;
  for (size_t i = 1; i < rounds && text.size() + part.size() <= kLongest; i++) {
    text.insert(text.end(), part.begin(), part.end());
  }
  return text;
}

// Numbers without end out of a few bytes of the input, which come round again.
inline Choose choices_of(Input& input) {
  std::vector<uint16_t> numbers(16);
  for (uint16_t& number : numbers) number = input.ConsumeIntegral<uint16_t>();
  return [numbers, next = size_t{0}](size_t n) mutable { return numbers[next++ % numbers.size()] % n; };
}

inline u8t::FrameOptions frame_options_of(Input& input, const Bytes& separator) {
  return {static_cast<u8t::Unit>(below(input, 4)),
          static_cast<u8t::ReservedPolicy>(below(input, 6)),
          input.ConsumeBool(),
          input.ConsumeBool(),
          input.ConsumeBool(),
          input.ConsumeBool(),
          input.ConsumeBool() ? 2 + below(input, 2000) : 0x7FFFFFFF,
          separator.data(),
          separator.size()};
}

inline Difference first_of(std::initializer_list<Difference> differences) {
  for (const Difference& difference : differences) {
    if (difference.what != nullptr) return difference;
  }
  return {};
}

// Runs `check` on every target of this machine; the first difference ends the process.
template <typename Check>
void on_every_target(Check check) {
  for (size_t i = 0; i < u8t::kTargetCount; i++) {
    const u8t::Target target = static_cast<u8t::Target>(i);
    if (u8t::kernels_for(target) == nullptr) continue;
    const Difference difference = check(target);
    if (difference.what == nullptr) continue;
    fprintf(stderr, "FAILED %s: target %s, offset %zu\n", difference.what, u8t::kTargetNames[i], difference.at);
    abort();
  }
}

}  // namespace u8t_test

// Each executable has one target, and so one file that includes this.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* p, size_t size) {
  u8t_test::Input input(p, size);
  u8t_test::fuzz(input);
  return 0;
}
