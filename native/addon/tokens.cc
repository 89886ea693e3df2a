// The functions over rows of token ids. What they do is said in lib/engine/token-engine.ts.
//
// Arrays that say where to read and write must not be shared, and nothing that is written may overlap what is read: so
// no number changes between its check and its use. TypeScript copies what is shared before it calls.
#include "../core/tokens.h"
#include "arguments.h"

namespace u8t_addon {
namespace {

// Counts and offsets are numbers of 32 bits.
constexpr double kMost = 4294967295;

size_t element_size(napi_typedarray_type type) {
  switch (type) {
    case napi_uint16_array:
      return 2;
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    case napi_bigint64_array:
      return 8;
    default:
      return 1;
  }
}

bool overlap(const View& a, const View& b) {
  const uint8_t* const a_end = a.data + a.length * element_size(a.type);
  const uint8_t* const b_end = b.data + b.length * element_size(b.type);
  return a.length > 0 && b.length > 0 && a.data < b_end && b.data < a_end;
}

// Whether `count` times `size` is at most `room`.
bool fits(uint64_t count, uint64_t size, uint64_t room) { return count == 0 || size <= room / count; }

template <typename T>
T* numbers(const View& view) {
  return reinterpret_cast<T*>(view.data);
}

// The arguments of one call, as these functions take them.
class TokenArguments : public Arguments {
 public:
  explicit TokenArguments(const Napi::CallbackInfo& info) : Arguments(info), info_(info) {}

  // An array that is not detached. One with elements never is.
  bool array(size_t index, napi_typedarray_type type, View& view) {
    return this->view(index, type, view) && check(index, view.length > 0 || !is_detached(index));
  }

  // Ids of any type.
  bool ids(size_t index, View& view) {
    return this->view(index, view) &&
           check(index, view.type == napi_uint8_array || view.type == napi_uint16_array ||
                            view.type == napi_uint32_array) &&
           check(index, view.length > 0 || !is_detached(index));
  }

  // Numbers that say where to read and write.
  bool places(size_t index, View& view) {
    return array(index, napi_uint32_array, view) && check(index, !view.shared);
  }

  // Pairs of start and end, each within `available` values. `total` is how many they hold, and `longest` the longest.
  bool ranges(size_t index, size_t available, View& view, uint64_t& total, uint64_t& longest) {
    if (!places(index, view) || !check(index, view.length % 2 == 0)) return false;
    const uint32_t* const pairs = numbers<uint32_t>(view);
    bool within = true;
    for (size_t i = 0; i < view.length; i += 2) {
      within = within && pairs[i] <= pairs[i + 1] && pairs[i + 1] <= available;
      const uint64_t length = static_cast<uint64_t>(pairs[i + 1]) - pairs[i];
      longest = length > longest ? length : longest;
      total += length;
    }
    return check(index, within);
  }

  // Where rows begin and end: numbers that do not fall, up to `available` at the most. `end` is the last one.
  bool offsets(size_t index, size_t available, View& view, uint64_t& end) {
    if (!places(index, view) || !check(index, view.length > 0)) return false;
    const uint32_t* const offsets = numbers<uint32_t>(view);
    bool rising = offsets[view.length - 1] <= available;
    for (size_t i = 1; i < view.length; i++) rising = rising && offsets[i - 1] <= offsets[i];
    end = offsets[view.length - 1];
    return check(index, rising);
  }

  // An id that fits into elements of `type`, or kNoId.
  bool mark(size_t index, napi_typedarray_type type, int64_t& mark) {
    double value;
    if (napi_get_value_double(info_.Env(), info_[index], &value) == napi_ok && value == -1) {
      mark = u8t::kNoId;
      return true;
    }
    uint64_t id = 0;
    if (!number(index, largest_id(type), id)) return false;
    mark = static_cast<int64_t>(id);
    return true;
  }

  static double largest_id(napi_typedarray_type type) {
    return static_cast<double>((uint64_t{1} << (8 * element_size(type))) - 1);
  }

 private:
  bool is_detached(size_t index) {
    napi_typedarray_type type;
    size_t length;
    napi_value buffer;
    bool detached = false;
    return napi_get_typedarray_info(info_.Env(), info_[index], &type, &length, nullptr, &buffer, nullptr) != napi_ok ||
           napi_is_detached_arraybuffer(info_.Env(), buffer, &detached) != napi_ok || detached;
  }

  const Napi::CallbackInfo& info_;
};

// Calls `function` with a zero of the type that ids of `type` have.
template <typename Function>
void with_ids(napi_typedarray_type type, Function function) {
  if (type == napi_uint8_array) function(uint8_t{0});
  if (type == napi_uint16_array) function(uint16_t{0});
  if (type == napi_uint32_array) function(uint32_t{0});
}

// padRows(values, ranges, first, last, width, pad, left, ids, mask) → 0.
Napi::Value PadRows(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View values;
  View ranges;
  uint64_t total = 0;
  uint64_t longest = 0;
  u8t::RowMarks marks;
  uint64_t width = 0;
  uint64_t pad = 0;
  bool left = false;
  View ids;
  View mask;
  if (!arguments.ids(0, values) || !arguments.ranges(1, values.length, ranges, total, longest) ||
      !arguments.mark(2, values.type, marks.first) || !arguments.mark(3, values.type, marks.last) ||
      !arguments.number(4, kMost, width) || !arguments.number(5, arguments.largest_id(values.type), pad) ||
      !arguments.boolean(6, left) || !arguments.ids(7, ids) || !arguments.check(7, ids.type == values.type) ||
      !arguments.array(8, napi_uint8_array, mask)) {
    return arguments.wrong();
  }
  const size_t rows = ranges.length / 2;
  if (!arguments.check(4, rows == 0 || longest + marks.count() <= width) ||
      !arguments.check(7, fits(rows, width, ids.length) && !overlap(ids, values) && !overlap(ids, ranges)) ||
      !arguments.check(8, fits(rows, width, mask.length) && !overlap(mask, values) && !overlap(mask, ranges))) {
    return arguments.wrong();
  }
  with_ids(values.type, [&](auto zero) {
    using Id = decltype(zero);
    u8t::pad_rows<Id>({numbers<Id>(values), numbers<uint32_t>(ranges), rows}, marks, width, static_cast<Id>(pad), left,
                      numbers<Id>(ids), mask.data);
  });
  return arguments.answer(0);
}

// joinRows(values, ranges, first, last, ids, offsets) → 0.
Napi::Value JoinRows(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View values;
  View ranges;
  uint64_t total = 0;
  uint64_t longest = 0;
  u8t::RowMarks marks;
  View ids;
  View offsets;
  if (!arguments.ids(0, values) || !arguments.ranges(1, values.length, ranges, total, longest) ||
      !arguments.mark(2, values.type, marks.first) || !arguments.mark(3, values.type, marks.last) ||
      !arguments.ids(4, ids) || !arguments.check(4, ids.type == values.type) ||
      !arguments.array(5, napi_uint32_array, offsets)) {
    return arguments.wrong();
  }
  const size_t rows = ranges.length / 2;
  total += rows * marks.count();
  if (!arguments.check(1, static_cast<double>(total) <= kMost) ||
      !arguments.check(4, total <= ids.length && !overlap(ids, values) && !overlap(ids, ranges)) ||
      !arguments.check(5, rows < offsets.length && !overlap(offsets, values) && !overlap(offsets, ranges))) {
    return arguments.wrong();
  }
  with_ids(values.type, [&](auto zero) {
    using Id = decltype(zero);
    u8t::join_rows<Id>({numbers<Id>(values), numbers<uint32_t>(ranges), rows}, marks, numbers<Id>(ids),
                       numbers<uint32_t>(offsets));
  });
  return arguments.answer(0);
}

// includesReplacement(bytes) → 1 or 0. Of shared memory each byte may be read thrice, and the answer is then any.
Napi::Value IncludesReplacement(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View bytes;
  if (!arguments.array(0, napi_uint8_array, bytes)) return arguments.wrong();
  return arguments.answer(u8t::includes_replacement(bytes.data, bytes.length) ? 1 : 0);
}

// widen(ids, output) → 0.
Napi::Value Widen(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View ids;
  View output;
  if (!arguments.ids(0, ids) || !arguments.array(1, napi_bigint64_array, output) ||
      !arguments.check(1, output.length >= ids.length && !overlap(output, ids))) {
    return arguments.wrong();
  }
  with_ids(ids.type, [&](auto zero) {
    u8t::widen(numbers<decltype(zero)>(ids), ids.length, numbers<int64_t>(output));
  });
  return arguments.answer(0);
}

// translate(bytes, table, output) → 0.
Napi::Value Translate(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View bytes;
  View table;
  View output;
  if (!arguments.array(0, napi_uint8_array, bytes) || !arguments.array(1, napi_uint16_array, table) ||
      !arguments.check(1, table.length >= 256) || !arguments.array(2, napi_uint16_array, output) ||
      !arguments.check(2, output.length >= bytes.length && !overlap(output, bytes) && !overlap(output, table))) {
    return arguments.wrong();
  }
  u8t::translate(bytes.data, bytes.length, numbers<uint16_t>(table), numbers<uint16_t>(output));
  return arguments.answer(0);
}

// lossMask(bytes, offsets, mask) and attentionSpans(bytes, offsets, spans) → 0.
template <typename T, napi_typedarray_type type,
          void (*function)(const uint8_t* bytes, const uint32_t* offsets, size_t rows, T* output)>
Napi::Value OverRows(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View bytes;
  View offsets;
  uint64_t end = 0;
  View output;
  if (!arguments.array(0, napi_uint8_array, bytes) || !arguments.offsets(1, bytes.length, offsets, end) ||
      !arguments.array(2, type, output) ||
      !arguments.check(2, end <= output.length && !overlap(output, bytes) && !overlap(output, offsets))) {
    return arguments.wrong();
  }
  function(bytes.data, numbers<uint32_t>(offsets), offsets.length - 1, numbers<T>(output));
  return arguments.answer(0);
}

// attentionMask(documents, spans, rows, width, mask, packed) → 0.
Napi::Value AttentionMask(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View documents;
  View spans;
  uint64_t rows = 0;
  uint64_t width = 0;
  View mask;
  bool packed = false;
  if (!arguments.array(0, napi_uint32_array, documents) || !arguments.array(1, napi_uint32_array, spans) ||
      !arguments.number(2, kMost, rows) || !arguments.number(3, kMost, width) ||
      !arguments.check(0, fits(rows, width, documents.length)) ||
      !arguments.check(1, fits(rows, width, spans.length)) ||
      !arguments.array(4, napi_uint8_array, mask) || !arguments.boolean(5, packed) ||
      !arguments.check(4, fits(rows * width, packed ? (width + 7) / 8 : width, mask.length) &&
                              !overlap(mask, documents) && !overlap(mask, spans))) {
    return arguments.wrong();
  }
  // Rows of no places may be many.
  if (width == 0) return arguments.answer(0);
  u8t::attention_mask(numbers<uint32_t>(documents), numbers<uint32_t>(spans), rows, width, mask.data, packed);
  return arguments.answer(0);
}

// placePieces(values, pieces, documentOf, ids, positions, documents) → 0.
Napi::Value PlacePieces(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View values;
  View pieces;
  View document_of;
  View outputs[3];
  if (!arguments.ids(0, values) || !arguments.places(1, pieces) || !arguments.check(1, pieces.length % 3 == 0) ||
      !arguments.array(2, napi_uint32_array, document_of) ||
      !arguments.check(2, document_of.length >= pieces.length / 3) || !arguments.ids(3, outputs[0]) ||
      !arguments.check(3, outputs[0].type == values.type) || !arguments.array(4, napi_uint32_array, outputs[1]) ||
      !arguments.array(5, napi_uint32_array, outputs[2])) {
    return arguments.wrong();
  }
  const size_t places = outputs[0].length;
  for (size_t i = 0; i < 3; i++) {
    const View& output = outputs[i];
    if (!arguments.check(3 + i, output.length == places && !overlap(output, values) && !overlap(output, pieces) &&
                                    !overlap(output, document_of))) {
      return arguments.wrong();
    }
  }
  const uint32_t* const piece = numbers<uint32_t>(pieces);
  for (size_t i = 0; i < pieces.length; i += 3) {
    const bool within = piece[i] <= piece[i + 1] && piece[i + 1] <= values.length && piece[i + 2] <= places &&
                        piece[i + 1] - piece[i] <= places - piece[i + 2];
    if (!arguments.check(1, within)) return arguments.wrong();
  }
  with_ids(values.type, [&](auto zero) {
    using Id = decltype(zero);
    const u8t::Windows<Id> windows{numbers<Id>(outputs[0]), numbers<uint32_t>(outputs[1]),
                                   numbers<uint32_t>(outputs[2])};
    u8t::place_pieces<Id>(numbers<Id>(values), piece, pieces.length / 3, numbers<uint32_t>(document_of), windows);
  });
  return arguments.answer(0);
}

// maskLogits(logits, vocabulary, masks, which) → 0.
Napi::Value MaskLogits(const Napi::CallbackInfo& info) {
  TokenArguments arguments(info);
  View logits;
  uint64_t vocabulary = 0;
  View masks;
  View which;
  if (!arguments.array(0, napi_float32_array, logits) || !arguments.number(1, kMost, vocabulary) ||
      !arguments.check(1, vocabulary >= 256) || !arguments.array(2, napi_uint8_array, masks) ||
      !arguments.places(3, which) ||
      !arguments.check(0, fits(which.length, vocabulary, logits.length) && !overlap(logits, masks) &&
                              !overlap(logits, which))) {
    return arguments.wrong();
  }
  const uint32_t* const number = numbers<uint32_t>(which);
  bool known = true;
  for (size_t row = 0; row < which.length; row++) known = known && number[row] < masks.length / 256;
  if (!arguments.check(3, known)) return arguments.wrong();
  u8t::mask_logits(numbers<float>(logits), vocabulary, masks.data, number, which.length);
  return arguments.answer(0);
}

}  // namespace

void add_token_functions(Napi::Object exports, Bound* bound) {
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(exports.Env(), function, name, bound));
  };
  add("padRows", PadRows);
  add("joinRows", JoinRows);
  add("includesReplacement", IncludesReplacement);
  add("widen", Widen);
  add("translate", Translate);
  add("lossMask", OverRows<uint8_t, napi_uint8_array, u8t::loss_mask>);
  add("attentionSpans", OverRows<uint32_t, napi_uint32_array, u8t::attention_spans>);
  add("attentionMask", AttentionMask);
  add("placePieces", PlacePieces);
  add("maskLogits", MaskLogits);
}

}  // namespace u8t_addon
