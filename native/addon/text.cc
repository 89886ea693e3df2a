// The functions over text: strings to UTF-8 and back, and counts. What they do is said in lib/engine/text-engine.ts.
#include "../core/transcode.h"
#include "arguments.h"

namespace u8t_addon {
namespace {

// A scratch of this size is kept from call to call.
constexpr size_t kKeptScratch = size_t{4} << 20;
// No string is longer (V8's limit lies a little below); to find that out no memory is needed.
constexpr size_t kLongestString = size_t{1} << 29;
// For so few bytes it is not worth to ask for Latin-1: V8 makes it of UTF-16 where it can.
constexpr size_t kShort = 32;
// An answer of decode and decodeBatch: a string would be too long.
constexpr double kTooLong = -100;

// isValid(bytes, start, end) → boolean.
Napi::Value IsValid(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Input input;
  if (!arguments.input(0, input)) return arguments.wrong();
  return Napi::Boolean::New(info.Env(), u8t::is_valid(arguments.kernels(), input.from, input.size()));
}

// countCodePoints(bytes, start, end) and utf16Length(bytes, start, end) → number.
template <size_t u8t::TextCounts::*count>
Napi::Value Count(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Input input;
  if (!arguments.input(0, input)) return arguments.wrong();
  return arguments.answer(static_cast<double>(u8t::count_text(arguments.kernels(), input.from, input.size()).*count));
}

// byteLength(text) → number.
Napi::Value ByteLength(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Text text;
  if (!arguments.text(0, text)) return arguments.wrong();
  return arguments.answer(static_cast<double>(u8t::utf8_length_of_utf16(arguments.kernels(), text.units, text.length)));
}

// output[start, end), two arguments behind `index`.
bool output_range(Arguments& arguments, size_t index, View& output, uint64_t& start, uint64_t& end) {
  return arguments.view(index, napi_uint8_array, output) &&
         arguments.number(index + 2, static_cast<double>(output.length), end) &&
         arguments.number(index + 1, static_cast<double>(end), start);
}

// encodeInto(text, output, start, end) → twice the bytes written, and 1 more if they are not all of the text.
Napi::Value EncodeInto(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Text text;
  View output;
  uint64_t start = 0;
  uint64_t end = 0;
  if (!arguments.text(0, text) || !arguments.view(1, napi_uint8_array, output) ||
      !arguments.number(3, static_cast<double>(output.length), end) ||
      !arguments.number(2, static_cast<double>(end), start)) {
    return arguments.wrong();
  }
  const u8t::Transcoded done =
      u8t::utf16_to_utf8(arguments.kernels(), text.units, text.length, output.data + start, end - start);
  return arguments.answer(static_cast<double>(2 * done.written + (done.read < text.length ? 1 : 0)));
}

// A string of what [p, p + length) decodes to: ASCII as it stands; Latin-1, which takes half the memory, if there is no
// character above U+00FF; else UTF-16. False if it would be too long.
bool decoded(napi_env env, const u8t::Kernels& kernels, Scratch& scratch, const uint8_t* p, size_t length,
             u8t::Malformed malformed, napi_value& string) {
  if (length > kLongestString && u8t::count_text(kernels, p, length).utf16_units > kLongestString) return false;
  if (kernels.ascii_prefix(p, length) == length) {
    return napi_create_string_latin1(env, reinterpret_cast<const char*>(p), length, &string) == napi_ok;
  }
  if (length <= kShort) {
    char16_t units[kShort];
    const size_t count = u8t::utf8_to_utf16(kernels, p, length, units, malformed);
    return napi_create_string_utf16(env, units, count, &string) == napi_ok;
  }
  uint8_t* const latin1 = static_cast<uint8_t*>(scratch.take(length));
  if (latin1 == nullptr) return false;
  const u8t::Transcoded done = u8t::utf8_to_latin1(kernels, p, length, latin1);
  bool made = false;
  if (done.read == length) {
    made = napi_create_string_latin1(env, reinterpret_cast<const char*>(latin1), done.written, &string) == napi_ok;
  } else if (char16_t* const units = static_cast<char16_t*>(scratch.take(length * sizeof(char16_t))); units != nullptr) {
    const size_t count = u8t::utf8_to_utf16(kernels, p, length, units, malformed);
    made = napi_create_string_utf16(env, units, count, &string) == napi_ok;
  }
  scratch.keep(kKeptScratch);
  return made;
}

// decode(bytes, start, end, ignore) → string, or kTooLong.
Napi::Value Decode(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Input input;
  bool ignore = false;
  if (!arguments.input(0, input) || !arguments.boolean(3, ignore)) return arguments.wrong();
  napi_value string = nullptr;
  const u8t::Malformed malformed = ignore ? u8t::Malformed::kIgnore : u8t::Malformed::kReplace;
  const bool made = decoded(info.Env(), arguments.kernels(), arguments.environment().decoded, input.from, input.size(),
                            malformed, string);
  return made ? Napi::Value(info.Env(), string) : arguments.answer(kTooLong);
}

// The only argument, a whole array of bytes, for functions that are called with short ones most of the time and so make as
// few calls of Node-API as there can be.
struct Whole {
  Bound* bound = nullptr;
  const uint8_t* p = nullptr;
  size_t length = 0;
  std::unique_ptr<uint8_t[]> copy;

  // False if the argument is wrong.
  bool take(napi_env env, napi_callback_info info) {
    napi_value bytes;
    size_t count = 1;
    napi_typedarray_type type;
    void* memory = nullptr;
    napi_value buffer;
    bool is_array_buffer = false;
    bool is_detached = false;
    if (napi_get_cb_info(env, info, &count, &bytes, nullptr, reinterpret_cast<void**>(&bound)) != napi_ok ||
        napi_get_typedarray_info(env, bytes, &type, &length, &memory, &buffer, nullptr) != napi_ok ||
        type != napi_uint8_array || napi_is_arraybuffer(env, buffer, &is_array_buffer) != napi_ok ||
        (length == 0 && (napi_is_detached_arraybuffer(env, buffer, &is_detached) != napi_ok || is_detached))) {
      return false;
    }
    static const uint8_t nothing = 0;
    p = length > 0 ? static_cast<const uint8_t*>(memory) : &nothing;
    if (is_array_buffer || length == 0) return true;
    copy.reset(new (std::nothrow) uint8_t[length]);
    if (copy == nullptr) return false;
    memcpy(copy.get(), memory, length);
    p = copy.get();
    return true;
  }
};

napi_value number(napi_env env, int32_t value) {
  napi_value made = nullptr;
  napi_create_int32(env, value, &made);
  return made;
}

// encodeFrom(text, output, start) → what encodeInto answers with for output from `start` up to its end.
napi_value EncodeFrom(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  size_t count = 3;
  Bound* bound = nullptr;
  size_t length = 0;
  napi_typedarray_type type;
  size_t size = 0;
  void* memory = nullptr;
  int64_t start = 0;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, reinterpret_cast<void**>(&bound)) != napi_ok) return nullptr;
  char16_t* const units = bound->environment->units;
  if (napi_get_value_string_utf16(env, arguments[0], units, kMaxUnits + 2, &length) != napi_ok || length > kMaxUnits) {
    return number(env, -1);
  }
  if (napi_get_typedarray_info(env, arguments[1], &type, &size, &memory, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    return number(env, -2);
  }
  if (memory == nullptr) size = 0;
  if (napi_get_value_int64(env, arguments[2], &start) != napi_ok || start < 0 || static_cast<uint64_t>(start) > size) {
    return number(env, -3);
  }
  const u8t::Transcoded done = u8t::utf16_to_utf8(*bound->kernels, units, length, static_cast<uint8_t*>(memory) + start,
                                                  size - static_cast<size_t>(start));
  return number(env, static_cast<int32_t>(2 * done.written + (done.read < length ? 1 : 0)));
}

// isValidAll(bytes) → boolean.
napi_value IsValidAll(napi_env env, napi_callback_info info) {
  Whole bytes;
  if (!bytes.take(env, info)) return number(env, -1);
  napi_value answer = nullptr;
  napi_get_boolean(env, u8t::is_valid(*bytes.bound->kernels, bytes.p, bytes.length), &answer);
  return answer;
}

// decodeAll(bytes) → string, or what decode answers with: the same with `replace`.
napi_value DecodeAll(napi_env env, napi_callback_info info) {
  Whole bytes;
  if (!bytes.take(env, info)) return number(env, -1);
  napi_value string = nullptr;
  const bool made = decoded(env, *bytes.bound->kernels, bytes.bound->environment->decoded, bytes.p, bytes.length,
                            u8t::Malformed::kReplace, string);
  return made ? string : number(env, static_cast<int32_t>(kTooLong));
}

// encodeJoined(joined, count, values, start, ends, first) → where the last text ends, or more than the length of `values`
// if there are not `count` texts.
Napi::Value EncodeJoined(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Text joined;
  uint64_t count = 0;
  View values;
  uint64_t start = 0;
  View ends;
  uint64_t first = 0;
  if (!arguments.text(0, joined) || !arguments.view(2, napi_uint8_array, values) ||
      !arguments.number(3, static_cast<double>(values.length), start) ||
      !arguments.check(2, values.length - start >= 3 * joined.length) ||
      !arguments.view(4, napi_uint32_array, ends) ||
      !arguments.number(5, static_cast<double>(ends.length), first) ||
      !arguments.number(1, static_cast<double>(ends.length - first), count) || !arguments.check(1, count > 0)) {
    return arguments.wrong();
  }
  // All at once, and then each text is moved to the end of the one before: a call of the kernel for each would cost more.
  uint8_t* out = values.data + start;
  const uint8_t* p = out;
  const uint8_t* const end =
      p + u8t::utf16_to_utf8(arguments.kernels(), joined.units, joined.length, out, 3 * joined.length).written;
  for (uint64_t i = 0; i < count; i++) {
    const void* const joint = memchr(p, 0, static_cast<size_t>(end - p));
    // Behind the last text there is no joint, and behind every other one is.
    if ((joint == nullptr) != (i + 1 == count)) return arguments.answer(kLargest);
    const size_t length = static_cast<size_t>((joint == nullptr ? end : static_cast<const uint8_t*>(joint)) - p);
    memmove(out, p, length);
    out += length;
    p += length + 1;
    const uint32_t place = static_cast<uint32_t>(out - values.data);
    memcpy(ends.data + (first + i) * sizeof place, &place, sizeof place);
  }
  return arguments.answer(static_cast<double>(out - values.data));
}

// decodeBatch(values, offsets) → array of strings, or kTooLong.
Napi::Value DecodeBatch(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  View values;
  View offsets;
  if (!arguments.view(0, napi_uint8_array, values) || !arguments.view(1, napi_uint32_array, offsets) ||
      !arguments.check(1, offsets.length > 0)) {
    return arguments.wrong();
  }
  // Memory that other threads may write is read once. TypeScript copies what is shared before it calls.
  if (!arguments.check(0, !values.shared) || !arguments.check(1, !offsets.shared)) return arguments.wrong();
  const auto offset = [&](size_t i) {
    uint32_t value;
    memcpy(&value, offsets.data + i * sizeof value, sizeof value);
    return value;
  };
  for (size_t i = 0; i < offsets.length; i++) {
    const uint32_t limit = i + 1 < offsets.length ? offset(i + 1) : static_cast<uint32_t>(values.length);
    if (!arguments.check(1, offset(i) <= limit)) return arguments.wrong();
  }
  napi_value strings;
  napi_env env = info.Env();
  if (napi_create_array_with_length(env, offsets.length - 1, &strings) != napi_ok) return arguments.answer(kTooLong);
  for (size_t i = 0; i + 1 < offsets.length; i++) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return arguments.answer(kTooLong);
    napi_value string;
    const bool made = decoded(env, arguments.kernels(), arguments.environment().decoded, values.data + offset(i),
                              offset(i + 1) - offset(i), u8t::Malformed::kReplace, string) &&
                      napi_set_element(env, strings, static_cast<uint32_t>(i), string) == napi_ok;
    napi_close_handle_scope(env, scope);
    if (!made) return arguments.answer(kTooLong);
  }
  return Napi::Value(env, strings);
}

// sampleOffsets(bytes, every, samples) → 0.
Napi::Value SampleOffsets(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  View bytes;
  uint64_t every = 0;
  View samples;
  if (!arguments.view(0, napi_uint8_array, bytes) || !arguments.check(0, bytes.length <= 0xFFFFFFFF) ||
      !arguments.number(1, 0x1p53, every) || !arguments.check(1, every > 0 && every % 64 == 0) ||
      !arguments.view(2, napi_uint32_array, samples) ||
      !arguments.check(2, samples.length >= 2 * ((bytes.length + every - 1) / every) + 2)) {
    return arguments.wrong();
  }
  // Each byte is read once, shared or not; where samples and bytes are the same memory the counts say nothing.
  u8t::sample_offsets(arguments.kernels(), bytes.data, bytes.length, every,
                      reinterpret_cast<uint32_t*>(samples.data));
  return arguments.answer(0);
}

}  // namespace

void add_text_functions(Napi::Object exports, Bound* bound) {
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(exports.Env(), function, name, bound));
  };
  add("isValid", IsValid);
  add("countCodePoints", Count<&u8t::TextCounts::code_points>);
  add("utf16Length", Count<&u8t::TextCounts::utf16_units>);
  add("byteLength", ByteLength);
  add("encodeInto", EncodeInto);
  add("decode", Decode);
  const auto add_lean = [&](const char* name, napi_callback function) {
    napi_value made;
    if (napi_create_function(exports.Env(), name, NAPI_AUTO_LENGTH, function, bound, &made) != napi_ok) return;
    exports.Set(name, Napi::Value(exports.Env(), made));
  };
  add_lean("isValidAll", IsValidAll);
  add_lean("encodeFrom", EncodeFrom);
  add_lean("decodeAll", DecodeAll);
  add("encodeJoined", EncodeJoined);
  add("decodeBatch", DecodeBatch);
  add("sampleOffsets", SampleOffsets);
}

}  // namespace u8t_addon
