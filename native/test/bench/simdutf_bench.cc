// One question: do our kernels stand beside simdutf's? For each instruction set that both have, script and size: GB/s of
// each, measured in turn, and the ratio. Built only when -DSIMDUTF= names the folder with simdutf.cpp (bench/kernels.mjs).
//
//   simdutf_bench [--quick]
#include <cstdio>
#include <cstdlib>

#include "bench.h"
#include "validate.h"
#include "kernels.h"
#include "simdutf.h"

using namespace u8t;
using namespace u8t_bench;

namespace {

volatile size_t sink;

const struct {
  Target target;
  const char* name;
} kPairs[] = {{Target::kSse4, "westmere"}, {Target::kAvx2, "haswell"}, {Target::kAvx512, "icelake"}, {Target::kNeon, "arm64"}};

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
  const double seconds = quick ? 0.004 : 0.1;
  printf("%-10s %-8s %-9s %10s %9s %9s %7s\n", "operation", "target", "text", "bytes", "simdutf", "ours", "ratio");
  for (const auto& pair : kPairs) {
    const Kernels* const kernels = kernels_for(pair.target);
    const simdutf::implementation* const peer = simdutf::get_available_implementations()[pair.name];
    if (kernels == nullptr || peer == nullptr || !peer->supported_by_runtime_system()) continue;
    for (const size_t size : {size_t{64}, size_t{256}, size_t{1024}, size_t{4096}, size_t{1} << 16, size_t{1} << 26}) {
      if (quick && size > 4096) continue;
      for (const char* kind : {"ascii", "cyrillic", "cjk", "mixed"}) {
        std::vector<uint8_t> input = text_of(kind, size + 512);
        size_t end = size;
        while ((input[end] & 0xC0) == 0x80) end--;
        input.resize(end);
        input.resize(size, '.');
        const char* const text = reinterpret_cast<const char*>(input.data());
        if (!peer->validate_utf8(text, size) || find_invalid(*kernels, input.data(), size).offset != kWellFormed) abort();
        const std::vector<double> rates = speeds(
            size, seconds, [&] { sink = peer->validate_utf8(text, size); },
            [&] { sink = is_valid(*kernels, input.data(), size); });
        printf("%-10s %-8s %-9s %10zu %9.2f %9.2f %7.2f\n", "validate", pair.name, kind, size, rates[0], rates[1],
               rates[1] / rates[0]);
      }
    }
  }
  return 0;
}
