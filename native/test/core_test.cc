// Every target of this machine against reference.h and the scalar target. Exhaustive where the space allows it, seeded
// random beyond. The same program runs under an emulator for targets that the machine lacks.
//
//   core_test [--quick] [seed]     --quick: boundary bytes instead of all 4-byte sequences, for emulators
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "test.h"

using namespace u8t;

namespace u8t_test {
namespace {

uint64_t seed = 20261124;
uint64_t random_state = 0;
long checks = 0;

}  // namespace

void set_dice(uint64_t salt) { random_state = seed + salt * 7919 + 1; }

uint64_t next_random() {  // xorshift64*
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 0x2545F4914F6CDD1DULL;
}

void count_check() { checks++; }

size_t below(size_t n) { return static_cast<size_t>(next_random() % n); }

Bytes random_text(size_t length) {
  static const char32_t kStarts[] = {'a', 0x430, 0x4E00, 0x1F300, 0xE9, 0xD7F0, 0xFFF0, 0x10FFF0};
  static const size_t kRare[] = {3, 20, 100, 1000};
  const size_t line_rate = kRare[below(4)];
  const size_t control_rate = kRare[below(4)];
  const size_t error_rate = below(2) == 0 ? 0 : kRare[below(4)];
  const size_t script_rate = kRare[below(4)];
  char32_t script = 'a';
  Bytes text;
  while (text.size() < length) {
    if (below(script_rate) == 0) script = kStarts[below(8)];
    if (below(line_rate) == 0) {
      if (below(3) == 0) text.push_back('\r');
      if (below(4) != 0) text.push_back('\n');
    }
    if (below(control_rate) == 0) text.push_back(static_cast<uint8_t>(below(0x20)));
    if (error_rate != 0 && below(error_rate) == 0) text.push_back(static_cast<uint8_t>(0x80 + below(0x80)));
    const Bytes character = reference::to_utf8({{1, true, script + static_cast<char32_t>(below(15))}}).units;
    text.insert(text.end(), character.begin(), character.end());
  }
  text.resize(length);
  return text;
}

void expect(Difference difference, Target target, const Bytes& input) {
  count_check();
  if (difference.what == nullptr) return;
  fprintf(stderr, "FAILED %s: target %s, seed %llu, length %zu, offset %zu\n", difference.what,
          kTargetNames[static_cast<size_t>(target)], static_cast<unsigned long long>(seed), input.size(),
          difference.at);
  for (size_t i = 0; i < input.size() && i < 400; i++) fprintf(stderr, "%02x", input[i]);
  fprintf(stderr, "\n");
  exit(1);
}

}  // namespace u8t_test

int main(int argc, char** argv) {
  using namespace u8t_test;
  bool quick = false;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--quick") == 0) {
      quick = true;
    } else {
      seed = strtoull(argv[i], nullptr, 10);
    }
  }
  test_tokens();
  printf("%-7s %ld checks\n", "tokens", checks);
  for (size_t i = 0; i < kTargetCount; i++) {
    const Target target = static_cast<Target>(i);
    if (kernels_for(target) == nullptr) continue;
    checks = 0;
    test_validation(target, quick);
    test_framing(target, quick);
    test_text(target, quick);
    test_gather(target);
    printf("%-7s %ld checks\n", kTargetNames[i], checks);
    if (checks == 0) return 1;
  }
  return 0;
}
