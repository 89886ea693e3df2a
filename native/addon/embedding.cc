// The functions over tables of embeddings. What they do is said in lib/engine/embedding-engine.ts.
#include "../core/gather.h"
#include "arguments.h"

namespace u8t_addon {
namespace {

constexpr size_t kRows = 256;

// gather(table, width, ids, output) → how many ids there were.
Napi::Value Gather(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  View table;
  uint64_t width = 0;
  View ids;
  View output;
  if (!arguments.view(0, napi_float32_array, table) ||
      !arguments.number(1, static_cast<double>(table.length / kRows), width) || !arguments.check(1, width > 0) ||
      !arguments.view(2, napi_uint8_array, ids) || !arguments.view(3, napi_float32_array, output) ||
      !arguments.check(3, output.length / width >= ids.length)) {
    return arguments.wrong();
  }
  u8t::gather(table.data, width * sizeof(float), ids.data, ids.length, output.data);
  return arguments.answer(static_cast<double>(ids.length));
}

}  // namespace

void add_embedding_functions(Napi::Object exports, Bound* bound) {
  exports.Set("gather", Napi::Function::New(exports.Env(), Gather, "gather", bound));
}

}  // namespace u8t_addon
