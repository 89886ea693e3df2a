// One question: how much faster is one fused framing pass than its parts, one after the other? For each script, in
// cache and out of it, on each target: GB/s of validation, code point count, control scan and memcpy alone, of all
// four in a row, and of the fused pass. The parts are vectorised as well as the fused pass is: they share its kernels.
// Asserts that the fused pass wrote what it should.
//
//   kernel_bench [--quick] [--json]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "bench.h"
#include "validate.h"

using namespace u8t;
using namespace u8t_bench;

namespace {

size_t count_code_points(const uint8_t* p, size_t n) {
  size_t count = 0;
  while (n >= 255 * 64) {  // sums of bytes, so that the compiler makes a vector loop of it
    for (int group = 0; group < 255; group++, p += 64, n -= 64) {
      uint8_t sum = 0;
      for (int i = 0; i < 64; i++) sum = static_cast<uint8_t>(sum + (static_cast<int8_t>(p[i]) > -65));
      count += sum;
    }
  }
  for (; n > 0; p++, n--) count += static_cast<int8_t>(*p) > -65;
  return count;
}

size_t count_controls(const uint8_t* p, size_t n) {
  size_t count = 0;
  for (; n >= 64; p += 64, n -= 64) {
    uint8_t sum = 0;
    for (int i = 0; i < 64; i++) sum = static_cast<uint8_t>(sum + (p[i] < 0x20));
    count += sum;
  }
  for (; n > 0; p++, n--) count += *p < 0x20;
  return count;
}

volatile size_t sink;

}  // namespace

int main(int argc, char** argv) {
  bool quick = false;
  bool json = false;
  for (int i = 1; i < argc; i++) {
    quick = quick || strcmp(argv[i], "--quick") == 0;
    json = json || strcmp(argv[i], "--json") == 0;
  }
  const double seconds = quick ? 0.004 : 0.25;
  if (!json) {
    printf("%-8s %-9s %-9s %9s %7s %8s %7s %9s %7s %7s\n", "target", "text", "size", "validate", "count", "control",
           "memcpy", "separate", "fused", "ratio");
  }
  for (size_t t = 0; t < kTargetCount; t++) {
    const Kernels* const kernels = kernels_for(static_cast<Target>(t));
    if (kernels == nullptr) continue;
    for (const size_t size : {size_t{1} << 16, quick ? size_t{1} << 18 : size_t{1} << 26}) {
      for (const char* kind : {"ascii", "cyrillic", "cjk", "mixed"}) {
        const std::vector<uint8_t> input = text_of(kind, size);
        std::vector<uint8_t> output(size + size / 64 + 8192);
        std::vector<int32_t> lengths(size / 64 + 1024);
        const uint8_t separator = '\n';
        const FrameOptions options{Unit::kLine, ReservedPolicy::kEscape, true, true, false, false, 0x7FFFFFFF,
                                   &separator, 1};
        FrameState state{};
        size_t written = 0;
        const auto fused = [&] {
          state = {};
          FrameCursor cursor{input.data(), input.data() + size, output.data(), output.data(),
                             output.data() + output.size(), lengths.data(), lengths.data() + lengths.size()};
          if (frame(*kernels, options, state, cursor, true) != Status::kInputUsed) abort();
          written = static_cast<size_t>(cursor.out - output.data());
        };
        const auto validate = [&] { sink = find_invalid(*kernels, input.data(), size).offset; };
        const auto count = [&] { sink = count_code_points(input.data(), size); };
        const auto control = [&] { sink = count_controls(input.data(), size); };
        const auto copy = [&] {
          memcpy(output.data(), input.data(), size);
          sink = output[size / 2];
        };
        const auto all = [&] {
          validate();
          count();
          control();
          copy();
        };
        const std::vector<double> rates = speeds(size, seconds, validate, count, control, copy, all, fused);
        const double separate = rates[4];
        const double together = rates[5];

        // The result: every line between STX and ETX, and nothing else.
        const size_t lines = static_cast<size_t>(std::count(input.begin(), input.end(), '\n')) + 1;
        size_t expected = size - (lines - 1) + 2 * lines;
        size_t code_points = count_code_points(input.data(), size) - (lines - 1);
        if (input.back() == '\n') expected -= 2;
        if (written != expected || state.total.code_points != code_points) {
          fprintf(stderr, "%s %s: wrong result\n", kTargetNames[t], kind);
          return 1;
        }
        const char* const place = size == size_t{1} << 16 ? "64 KiB" : quick ? "256 KiB" : "64 MiB";
        if (json) {
          printf("{\"target\":\"%s\",\"text\":\"%s\",\"size\":%zu,\"separate\":%.3f,\"memcpy\":%.3f,\"fused\":%.3f}\n",
                 kTargetNames[t], kind, size, separate, rates[3], together);
        } else {
          printf("%-8s %-9s %-9s %9.1f %7.1f %8.1f %7.1f %9.2f %7.2f %7.2f\n", kTargetNames[t], kind, place, rates[0],
                 rates[1], rates[2], rates[3], separate, together, together / separate);
        }
      }
    }
  }
  return 0;
}
