// Rows of ids, which are the same code for every target: sweeps over lengths in memory of exactly their size, each
// against one loop over single ids. What lib/engine/token-engine.ts says to the letter is tested through the addon
// (test/engine/tokens.cases.ts); here it is sanitizers that look on.
#include "tokens.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "test.h"

using namespace u8t;

namespace u8t_test {
namespace {

constexpr size_t kLongest = 150;

template <typename T>
std::vector<T> random_numbers(size_t count, uint64_t limit) {
  std::vector<T> numbers(count);
  for (T& number : numbers) number = static_cast<T>(next_random() % limit);
  return numbers;
}

template <typename T>
void expect_same(const char* what, const std::vector<T>& expected, Memory<T>& actual, size_t length) {
  Difference difference = first_difference(what, expected, actual.data(), actual.size());
  if (difference.what == nullptr && !actual.intact()) difference = {what, actual.size()};
  expect(difference, Target::kScalar, Bytes(length));
}

template <typename Id>
void test_rows(size_t length, size_t count, bool left, RowMarks marks) {
  const std::vector<Id> content = random_numbers<Id>(length + 10, ~uint64_t{0});
  std::vector<uint32_t> pairs;
  size_t width = 0;
  for (size_t row = 0; row < count; row++) {
    const uint32_t start = static_cast<uint32_t>(below(11));
    const uint32_t size = static_cast<uint32_t>(row == 0 ? length : below(length + 1));
    pairs.insert(pairs.end(), {start, start + size});
    width = std::max(width, size + marks.count());
  }
  width += below(3);
  std::vector<Id> joined;
  std::vector<Id> padded;
  std::vector<uint8_t> mask;
  std::vector<uint32_t> offsets{0};
  for (size_t row = 0; row < count; row++) {
    std::vector<Id> ids;
    if (marks.first != kNoId) ids.push_back(static_cast<Id>(marks.first));
    ids.insert(ids.end(), content.begin() + pairs[2 * row], content.begin() + pairs[2 * row + 1]);
    if (marks.last != kNoId) ids.push_back(static_cast<Id>(marks.last));
    joined.insert(joined.end(), ids.begin(), ids.end());
    offsets.push_back(static_cast<uint32_t>(joined.size()));
    std::vector<uint8_t> flags(ids.size(), 1);
    const size_t padding = width - ids.size();
    ids.insert(left ? ids.begin() : ids.end(), padding, Id{7});
    flags.insert(left ? flags.begin() : flags.end(), padding, 0);
    padded.insert(padded.end(), ids.begin(), ids.end());
    mask.insert(mask.end(), flags.begin(), flags.end());
  }
  Memory<Id> values(content, 0);
  Memory<uint32_t> ranges(pairs, 0);
  const Rows<Id> rows{values.data(), ranges.data(), count};
  Memory<Id> actual_padded(padded.size(), sizeof(Id));
  Memory<uint8_t> actual_mask(mask.size(), 3);
  pad_rows<Id>(rows, marks, width, 7, left, actual_padded.data(), actual_mask.data());
  expect_same("pad_rows", padded, actual_padded, length);
  expect_same("pad_rows: mask", mask, actual_mask, length);
  Memory<Id> actual_joined(joined.size(), sizeof(Id));
  Memory<uint32_t> actual_offsets(offsets.size(), 4);
  join_rows<Id>(rows, marks, actual_joined.data(), actual_offsets.data());
  expect_same("join_rows", joined, actual_joined, length);
  expect_same("join_rows: offsets", offsets, actual_offsets, length);
  Memory<int64_t> wide(content.size(), 8);
  widen(values.data(), content.size(), wide.data());
  expect_same("widen", std::vector<int64_t>(content.begin(), content.end()), wide, length);
}

void test_includes_replacement(size_t length) {
  std::vector<uint8_t> content = random_numbers<uint8_t>(length, 256);
  for (uint8_t& byte : content) byte = byte == 0xBD ? 0xBF : byte;
  Memory<uint8_t> bytes(content, length % 3);
  const auto expect_found = [&](bool expected) {
    const uint8_t found = includes_replacement(bytes.data(), length) ? 1 : 0;
    Memory<uint8_t> actual(std::vector<uint8_t>{found}, 0);
    expect_same("includes_replacement", std::vector<uint8_t>{static_cast<uint8_t>(expected ? 1 : 0)}, actual, length);
  };
  expect_found(false);
  if (length < 3) return;
  const size_t at = length * 7 % (length - 2);
  bytes.data()[at] = 0xEF;
  bytes.data()[at + 1] = 0xBF;
  bytes.data()[at + 2] = 0xBD;
  expect_found(true);
}

void test_translate(size_t length) {
  Memory<uint8_t> bytes(random_numbers<uint8_t>(length, 256), length % 3);
  Memory<uint16_t> table(random_numbers<uint16_t>(256, 65536), 2);
  Memory<uint16_t> output(length, 2);
  translate(bytes.data(), length, table.data(), output.data());
  std::vector<uint16_t> expected;
  for (size_t i = 0; i < length; i++) expected.push_back(table.data()[bytes.data()[i]]);
  expect_same("translate", expected, output, length);
}

// A text, and in a second line `|` below each byte that an assistant has to say, and `o` below each one in a span.
void test_blocks(const std::string& text, const std::string& marks) {
  for (size_t end = 0; end <= text.size(); end++) {
    Memory<uint8_t> bytes(Bytes(text.begin(), text.begin() + static_cast<long>(end)), 1);
    Memory<uint32_t> offsets({0, static_cast<uint32_t>(end)}, 4);
    Memory<uint8_t> loss(end, 1);
    Memory<uint32_t> spans(end, 4);
    loss_mask(bytes.data(), offsets.data(), 1, loss.data());
    attention_spans(bytes.data(), offsets.data(), 1, spans.data());
    Bytes expected_loss;
    std::vector<uint32_t> expected_spans;
    uint32_t number = 0;
    for (size_t i = 0; i < end; i++) {
      if (marks[i] == 'o' && (i == 0 || marks[i - 1] != 'o')) number++;
      expected_loss.push_back(marks[i] == '|');
      expected_spans.push_back(marks[i] == 'o' ? number : 0);
    }
    expect_same("loss_mask", expected_loss, loss, end);
    expect_same("attention_spans", expected_spans, spans, end);
  }
}

void test_attention(size_t rows, size_t width) {
  const std::vector<uint32_t> owners = random_numbers<uint32_t>(rows * width, 3);
  const std::vector<uint32_t> numbers = random_numbers<uint32_t>(rows * width, 3);
  Bytes plain;
  Bytes packed;
  for (size_t place = 0; place < rows * width; place++) {
    const size_t first = place - place % width;
    Bytes line((width + 7) / 8);
    for (size_t j = 0; j < width; j++) {
      const size_t other = first + j;
      const bool in_span = numbers[place] != 0 && numbers[other] == numbers[place];
      const bool before = owners[place] != 0 && owners[other] == owners[place] && other <= place;
      plain.push_back(in_span || before);
      if (in_span || before) line[j / 8] = static_cast<uint8_t>(line[j / 8] | 0x80 >> j % 8);
    }
    packed.insert(packed.end(), line.begin(), line.end());
  }
  Memory<uint32_t> documents(owners, 4);
  Memory<uint32_t> spans(numbers, 4);
  Memory<uint8_t> actual_plain(plain.size(), 1);
  attention_mask(documents.data(), spans.data(), rows, width, actual_plain.data(), false);
  expect_same("attention_mask", plain, actual_plain, width);
  Memory<uint8_t> actual_packed(packed.size(), 1);
  attention_mask(documents.data(), spans.data(), rows, width, actual_packed.data(), true);
  expect_same("attention_mask: packed", packed, actual_packed, width);
}

template <typename Id>
void test_pieces(size_t length) {
  const uint32_t size = static_cast<uint32_t>(length);
  Memory<Id> values(random_numbers<Id>(2 * length, ~uint64_t{0}), 0);
  // The second half goes first.
  Memory<uint32_t> pieces({0, size, size, size, 2 * size, 0}, 4);
  Memory<uint32_t> document_of({5, 6}, 4);
  Memory<Id> ids(2 * length, sizeof(Id));
  Memory<uint32_t> positions(2 * length, 4);
  Memory<uint32_t> documents(2 * length, 4);
  place_pieces<Id>(values.data(), pieces.data(), 2, document_of.data(),
                   {ids.data(), positions.data(), documents.data()});
  std::vector<Id> expected_ids;
  std::vector<uint32_t> expected_positions;
  std::vector<uint32_t> expected_documents;
  for (uint32_t i = 0; i < 2 * size; i++) {
    expected_ids.push_back(values.data()[i < size ? i + size : i - size]);
    expected_positions.push_back(i % size);
    expected_documents.push_back(i < size ? 6 : 5);
  }
  expect_same("place_pieces", expected_ids, ids, length);
  expect_same("place_pieces: positions", expected_positions, positions, length);
  expect_same("place_pieces: documents", expected_documents, documents, length);
}

void test_logits(size_t rows, size_t vocabulary) {
  const std::vector<uint32_t> before = random_numbers<uint32_t>(rows * vocabulary, uint64_t{1} << 32);
  Memory<uint8_t> masks(random_numbers<uint8_t>(3 * 256, 2), 1);
  Memory<uint32_t> which(random_numbers<uint32_t>(rows, 3), 4);
  Memory<float> logits(rows * vocabulary, 4);
  if (rows > 0) memcpy(logits.data(), before.data(), before.size() * sizeof(float));
  mask_logits(logits.data(), vocabulary, masks.data(), which.data(), rows);
  bool same = logits.intact();
  for (size_t i = 0; i < before.size(); i++) {
    const size_t place = i % vocabulary;
    const bool kept = place < 256 && masks.data()[256 * which.data()[i / vocabulary] + place] != 0;
    uint32_t bits;
    memcpy(&bits, logits.data() + i, sizeof bits);
    same = same && bits == (kept ? before[i] : 0xFF800000);
  }
  expect({same ? nullptr : "mask_logits"}, Target::kScalar, Bytes(vocabulary));
}

}  // namespace

void test_tokens() {
  set_dice(1);
  for (size_t length = 0; length <= kLongest; length++) {
    for (size_t count = 0; count <= 3; count++) {
      for (const RowMarks marks : {RowMarks{}, RowMarks{2, 3}, RowMarks{2, kNoId}, RowMarks{kNoId, 3}}) {
        test_rows<uint8_t>(length, count, length % 2 == 0, marks);
        test_rows<uint16_t>(length, count, length % 2 == 1, marks);
        test_rows<uint32_t>(length, count, length % 2 == 0, marks);
      }
    }
    test_includes_replacement(length);
    test_translate(length);
    test_pieces<uint8_t>(length);
    test_pieces<uint16_t>(length);
    test_pieces<uint32_t>(length);
    test_attention(length % 3, length);
  }
  for (const size_t width : {511, 512, 513, 1025}) test_attention(1, width);
  for (size_t vocabulary = 256; vocabulary < 300; vocabulary++) test_logits(vocabulary % 4, vocabulary);
  test_blocks(std::string("\1user\n\16hi\17\27\n\1assistant\nh\20@o\32f n({})\33\27\n\0\16a\16b\17c\16", 46),
              "......oooo.............||||||||||||||..ooooo.o");
}

}  // namespace u8t_test
