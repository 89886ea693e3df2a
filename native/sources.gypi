# The one list of native sources: binding.gyp includes it, CMakeLists.txt reads it.
{
  'variables': {
    'core_sources': [
      'native/core/census.cc',
      'native/core/dispatch.cc',
      'native/core/frame.cc',
      'native/core/jsonl.cc',
      'native/core/targets/avx2.cc',
      'native/core/targets/avx512.cc',
      'native/core/targets/neon.cc',
      'native/core/targets/scalar.cc',
      'native/core/targets/sse4.cc',
      'native/core/tokens.cc',
      'native/core/transcode.cc',
    ],
    'addon_sources': [
      'native/addon/addon.cc',
      'native/addon/arguments.cc',
      'native/addon/bytes.cc',
      'native/addon/text.cc',
      'native/addon/tokens.cc',
    ],
  },
}
