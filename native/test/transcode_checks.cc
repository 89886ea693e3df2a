// Transcoding, lengths and counts: see checks.h.
#include "checks.h"

using namespace u8t;

namespace u8t_test {
namespace {

const Kernels& kernels_of(Target target) { return *kernels_for(target); }

// What was read and written, against what should have been.
template <typename T>
Difference compare(const reference::Encoded<T>& expected, Transcoded actual, Memory<T>& output) {
  if (actual.written > output.size() || !output.intact()) return {"written outside of the output", output.size()};
  const Difference units = first_difference("what was written", expected.units, output.data(), actual.written);
  if (units.what != nullptr) return units;
  return actual.read == expected.read ? Difference{} : Difference{"how much was read", actual.read};
}

Difference compare(const char* what, size_t expected, size_t actual) {
  return expected == actual ? Difference{} : Difference{what, actual};
}

size_t code_points(const reference::Sequences& sequences) { return sequences.size(); }
size_t utf16_units(const reference::Sequences& sequences) { return reference::to_utf16(sequences).units.size(); }

}  // namespace

Difference check_utf16_to_utf8(Target target, const Units& text, size_t room, Shifts shifts) {
  Memory<char16_t> input(text, shifts.in);
  Memory<uint8_t> output(room, shifts.out);
  const Transcoded done = utf16_to_utf8(kernels_of(target), input.data(), input.size(), output.data(), room);
  return compare(reference::to_utf8(reference::from_utf16(text), room), done, output);
}

Difference check_latin1_to_utf8(Target target, const Bytes& text, size_t room, Shifts shifts) {
  Memory<uint8_t> input(text, shifts.in);
  Memory<uint8_t> output(room, shifts.out);
  const Transcoded done = latin1_to_utf8(kernels_of(target), input.data(), input.size(), output.data(), room);
  return compare(reference::to_utf8(reference::from_latin1(text), room), done, output);
}

Difference check_utf8_length_of_utf16(Target target, const Units& text, size_t shift) {
  Memory<char16_t> input(text, shift);
  const size_t actual = utf8_length_of_utf16(kernels_of(target), input.data(), input.size());
  return compare("utf8_length_of_utf16", reference::to_utf8(reference::from_utf16(text)).units.size(), actual);
}

Difference check_utf8_length_of_latin1(Target target, const Bytes& text, size_t shift) {
  Memory<uint8_t> input(text, shift);
  const size_t actual = utf8_length_of_latin1(kernels_of(target), input.data(), input.size());
  return compare("utf8_length_of_latin1", reference::to_utf8(reference::from_latin1(text)).units.size(), actual);
}

Difference check_find_zero(Target target, const Units& text, size_t shift) {
  Memory<char16_t> input(text, shift);
  size_t expected = 0;
  while (expected < text.size() && text[expected] != 0) expected++;
  return compare("find_zero", expected, kernels_of(target).find_zero(input.data(), input.size()));
}

Difference check_utf8_to_utf16(Target target, const Bytes& text, Malformed malformed, Shifts shifts) {
  Memory<uint8_t> input(text, shifts.in);
  Memory<char16_t> output(text.size(), shifts.out);
  const size_t written = utf8_to_utf16(kernels_of(target), input.data(), input.size(), output.data(), malformed);
  const auto expected = reference::to_utf16(reference::from_utf8(text), malformed == Malformed::kIgnore);
  return compare(expected, {text.size(), written}, output);
}

Difference check_utf8_to_latin1(Target target, const Bytes& text, Shifts shifts) {
  Memory<uint8_t> input(text, shifts.in);
  Memory<uint8_t> output(text.size(), shifts.out);
  const Transcoded done = utf8_to_latin1(kernels_of(target), input.data(), input.size(), output.data());
  return compare(reference::to_latin1(reference::from_utf8(text)), done, output);
}

Difference check_count_text(Target target, const Bytes& text, size_t shift) {
  Memory<uint8_t> input(text, shift);
  const TextCounts counts = count_text(kernels_of(target), input.data(), input.size());
  const reference::Sequences sequences = reference::from_utf8(text);
  const Difference points = compare("count_text: code points", code_points(sequences), counts.code_points);
  if (points.what != nullptr) return points;
  return compare("count_text: UTF-16 units", utf16_units(sequences), counts.utf16_units);
}

Difference check_sample_offsets(Target target, const Bytes& text, size_t every, size_t shift) {
  Memory<uint8_t> input(text, shift);
  const size_t size = 2 * ((text.size() + every - 1) / every) + 2;
  Memory<uint32_t> samples(size, 0);
  sample_offsets(kernels_of(target), input.data(), input.size(), every, samples.data());
  if (!samples.intact()) return {"sample_offsets: written outside of the samples"};

  std::vector<uint32_t> expected(size);
  sample_offsets(*kScalarKernels, input.data(), input.size(), every, expected.data());
  const Difference scalar =
      first_difference("sample_offsets: not as scalar", expected, samples.data(), samples.size());
  if (scalar.what != nullptr) return scalar;

  // Well-formed text: what is counted where a character begins, in front of each block and at the end.
  expected.assign(size, 0);
  size_t at = 0;
  for (const reference::Sequence& sequence : reference::from_utf8(text)) {
    if (!sequence.well_formed) return {};
    for (size_t block = at / every + 1; 2 * block < size; block++) {
      expected[2 * block] += 1;
      expected[2 * block + 1] += sequence.code >= 0x10000 ? 2 : 1;
    }
    at += sequence.length;
  }
  return first_difference("sample_offsets", expected, samples.data(), samples.size());
}

}  // namespace u8t_test
