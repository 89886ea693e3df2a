# What users get: built by node-gyp and prebuildify into prebuilds/.
{
  'includes': ['native/sources.gypi'],
  'variables': {
    'simdjson': "<!(node -p \"path.relative('.', require.resolve('@nozbe/simdjson/package.json').replace('package.json', 'src'))\")",
  },
  'targets': [
    {
      'target_name': 'utf8_tokenizer',
      'sources': ['<@(core_sources)', '<@(addon_sources)', '<(simdjson)/simdjson.cpp'],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")", '<(simdjson)'],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
                  # What cannot be thrown any more, because the environment is shutting down, must not abort the process.
                  'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', 'NDEBUG', 'SIMDJSON_EXCEPTIONS=0'],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++20'],
      'cflags_cc': ['-std=c++20', '-O3', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden', '-fno-semantic-interposition',
                    '-Wall', '-Wextra', '-Wno-maybe-uninitialized', '-Wno-uninitialized'],
      'ldflags': ['-static-libstdc++', '-static-libgcc', '-Wl,--exclude-libs,ALL'],
      'xcode_settings': {
        'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
        'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
        'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
        'OTHER_CPLUSPLUSFLAGS': ['-O3'],
      },
    },
  ],
}
