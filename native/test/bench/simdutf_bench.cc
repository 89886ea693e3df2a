// One question: do our kernels stand beside simdutf's? For each instruction set that both have, operation, script and size:
// GB/s of each over the UTF-8 bytes, measured in turn, and the ratio. Asserts that both give the same. Built only when
// -DSIMDUTF= names the folder with simdutf.cpp (bench/kernels.mjs).
//
//   simdutf_bench [--quick]
#include "simdutf.h"

#include <cstdio>
#include <cstdlib>

#include "bench.h"
#include "transcode.h"
#include "validate.h"

using namespace u8t;
using namespace u8t_bench;

namespace {

volatile size_t sink;

const struct {
  Target target;
  const char* name;
} kPairs[] = {{Target::kSse4, "westmere"}, {Target::kAvx2, "haswell"}, {Target::kAvx512, "icelake"}, {Target::kNeon, "arm64"}};

void require(bool same) {
  if (!same) abort();
}

class Bench {
 public:
  Bench(const Kernels& kernels, const simdutf::implementation& peer, double seconds)
      : kernels_(kernels), peer_(peer), seconds_(seconds) {}

  void run(const Script& script, size_t size) {
    const std::vector<uint8_t> bytes = piece_of(script, size);
    const uint8_t* const p = bytes.data();
    const char* const text = reinterpret_cast<const char*>(p);
    std::vector<char16_t> units(size);
    units.resize(peer_.convert_utf8_to_utf16le(text, size, units.data()));
    std::vector<uint8_t> out(3 * units.size() + 64);
    std::vector<char16_t> wide(size + 64);

    require(peer_.validate_utf8(text, size) && is_valid(kernels_, p, size));
    line(
        "validate", script, size, [&] { sink = peer_.validate_utf8(text, size); },
        [&] { sink = is_valid(kernels_, p, size); });

    const auto to_utf8 = [&] { return utf16_to_utf8(kernels_, units.data(), units.size(), out.data(), out.size()); };
    require(to_utf8().written == size && memcmp(out.data(), p, size) == 0);
    line(
        "to UTF-8", script, size,
        [&] { sink = peer_.convert_utf16le_to_utf8(units.data(), units.size(), reinterpret_cast<char*>(out.data())); },
        [&] { sink = to_utf8().written; });

    const auto to_utf16 = [&] { return utf8_to_utf16(kernels_, p, size, wide.data(), Malformed::kReplace); };
    require(to_utf16() == units.size() && memcmp(wide.data(), units.data(), 2 * units.size()) == 0);
    line(
        "to UTF-16", script, size, [&] { sink = peer_.convert_utf8_to_utf16le(text, size, wide.data()); },
        [&] { sink = to_utf16(); });

    require(peer_.utf8_length_from_utf16le(units.data(), units.size()) == size);
    require(utf8_length_of_utf16(kernels_, units.data(), units.size()) == size);
    line(
        "length", script, size, [&] { sink = peer_.utf8_length_from_utf16le(units.data(), units.size()); },
        [&] { sink = utf8_length_of_utf16(kernels_, units.data(), units.size()); });

    // Theirs take well-formed text for granted, so that to ask the same takes three of them.
    require(count_text(kernels_, p, size).utf16_units == units.size());
    line(
        "counts", script, size,
        [&] {
          sink = peer_.validate_utf8(text, size) + peer_.count_utf8(text, size) + peer_.utf16_length_from_utf8(text, size);
        },
        [&] { sink = count_text(kernels_, p, size).code_points; });
  }

 private:
  template <typename Theirs, typename Ours>
  void line(const char* operation, const Script& script, size_t size, Theirs theirs, Ours ours) {
    const std::vector<double> rates = speeds(size, seconds_, theirs, ours);
    printf("%-10s %-8s %-9s %10zu %9.2f %9.2f %7.2f\n", operation, peer_.name().c_str(), script.name, size, rates[0], rates[1],
           rates[1] / rates[0]);
  }

  const Kernels& kernels_;
  const simdutf::implementation& peer_;
  const double seconds_;
};

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
  printf("%-10s %-8s %-9s %10s %9s %9s %7s\n", "operation", "target", "text", "bytes", "simdutf", "ours", "ratio");
  for (const auto& pair : kPairs) {
    const Kernels* const kernels = kernels_for(pair.target);
    const simdutf::implementation* const peer = simdutf::get_available_implementations()[pair.name];
    if (kernels == nullptr || peer == nullptr || !peer->supported_by_runtime_system()) continue;
    Bench bench(*kernels, *peer, quick ? 0.001 : 0.02);
    for (const size_t size : {size_t{64}, size_t{256}, size_t{1024}, size_t{4096}, size_t{1} << 16, size_t{1} << 24}) {
      if (quick && size > 4096) continue;
      for (const Script& script : kScripts) bench.run(script, size);
    }
  }
  return 0;
}
