// The Node-API addon: what it exports, and what it keeps for each environment.
#include "arguments.h"

namespace u8t_addon {
namespace {

// targets() → the names of the instruction sets that this processor has, best last.
Napi::Value Targets(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (size_t i = 0; i < u8t::kTargetCount; i++) {
    if (u8t::kernels_for(static_cast<u8t::Target>(i)) != nullptr) names.Set(count++, u8t::kTargetNames[i]);
  }
  return names;
}

// functions(target) → all functions, on this instruction set; -1 if the processor does not have it.
Napi::Value Functions(const Napi::CallbackInfo& info) {
  Environment* const environment = static_cast<Environment*>(info.Data());
  double number;
  if (napi_get_value_double(info.Env(), info[0], &number) != napi_ok || !(number >= 0 && number < u8t::kTargetCount) ||
      number != std::floor(number)) {
    return Napi::Number::New(info.Env(), -1);
  }
  const u8t::Target target = static_cast<u8t::Target>(number);
  Bound& bound = environment->bounds[static_cast<size_t>(target)];
  bound = {target, u8t::kernels_for(target), environment};
  if (bound.kernels == nullptr) return Napi::Number::New(info.Env(), -1);
  Napi::Object functions = Napi::Object::New(info.Env());
  add_byte_functions(functions, &bound);
  add_text_functions(functions, &bound);
  add_token_functions(functions, &bound);
  return functions;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Environment* const environment = new (std::nothrow) Environment;
  if (environment == nullptr) return exports;
  env.SetInstanceData(environment);
  exports.Set("targets", Napi::Function::New<Targets>(env, "targets"));
  exports.Set("functions", Napi::Function::New(env, Functions, "functions", environment));
  return exports;
}

NODE_API_MODULE(utf8_tokenizer, Init)

}  // namespace
}  // namespace u8t_addon
