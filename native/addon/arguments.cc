// The checks of arguments: see arguments.h.
#include "arguments.h"

namespace u8t_addon {

bool Arguments::view(size_t index, View& view) {
  void* data = nullptr;
  napi_value buffer;
  bool is_array_buffer = false;
  // Fails for what is no typed array.
  if (!check(index, napi_get_typedarray_info(info_.Env(), info_[index], &view.type, &view.length, &data, &buffer,
                                             nullptr) == napi_ok &&
                        napi_is_arraybuffer(info_.Env(), buffer, &is_array_buffer) == napi_ok)) {
    return false;
  }
  view.data = static_cast<uint8_t*>(data);
  view.shared = !is_array_buffer;
  if (view.data == nullptr) view.length = 0;  // detached
  return true;
}

bool Arguments::view(size_t index, napi_typedarray_type type, View& view) {
  return this->view(index, view) && check(index, view.type == type);
}

bool Arguments::number(size_t index, double most, uint64_t& number) {
  double value;
  if (!check(index, napi_get_value_double(info_.Env(), info_[index], &value) == napi_ok && value >= 0 &&
                        value <= most && value == std::floor(value))) {
    return false;
  }
  number = static_cast<uint64_t>(value);
  return true;
}

bool Arguments::input(size_t index, Input& input) {
  View bytes;
  uint64_t start = 0;
  uint64_t end = 0;
  // TypeScript's check of a length may be stale: code that V8 has optimised can see that of a detached array.
  if (!view(index, napi_uint8_array, bytes) || !number(index + 2, static_cast<double>(bytes.length), end) ||
      !number(index + 1, static_cast<double>(end), start)) {
    return false;
  }
  static const uint8_t nothing = 0;
  const uint8_t* const data = bytes.data != nullptr ? bytes.data : &nothing;
  start_ = start;
  input.from = data + start;
  input.to = data + end;
  input.readable_end = data + bytes.length;
  if (bytes.shared) {
    input.copy.reset(new (std::nothrow) uint8_t[end - start + 1]);
    if (!check(index, input.copy != nullptr)) return false;
    if (end > start) memcpy(input.copy.get(), data + start, end - start);
    input.from = input.copy.get();
    input.to = input.readable_end = input.from + (end - start);
  }
  return true;
}

bool Arguments::text(size_t index, Text& text) {
  Environment& memory = environment();
  text.units = memory.units;
  return check(index, napi_get_value_string_utf16(info_.Env(), info_[index], memory.units, kMaxUnits + 2,
                                                  &text.length) == napi_ok &&
                          text.length <= kMaxUnits);
}

}  // namespace u8t_addon
