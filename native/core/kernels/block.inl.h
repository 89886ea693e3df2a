// A block: 64 bytes as one, two or four vectors, and bit masks over it (bit i speaks of byte i).
// Included inside a target's namespace and region, behind its vocabulary.

constexpr size_t kBlock = 64;
constexpr size_t kVectors = kBlock / sizeof(Vector);

struct Block {
  Vector v[kVectors];
};

U8T_INLINE Block load_block(const uint8_t* p) {
  Block block;
  for (size_t i = 0; i < kVectors; i++) block.v[i] = load(p + i * sizeof(Vector));
  return block;
}

U8T_INLINE void store_block(uint8_t* p, const Block& block) {
  for (size_t i = 0; i < kVectors; i++) store(p + i * sizeof(Vector), block.v[i]);
}

// Joins `bits(vector)` of each vector of a block.
template <typename Bits>
U8T_INLINE uint64_t block_bits(const Block& block, Bits bits) {
  uint64_t all = 0;
  for (size_t i = 0; i < kVectors; i++) all |= bits(block.v[i]) << (i * (sizeof(Vector) % kBlock));
  return all;
}

U8T_INLINE bool is_ascii(const Block& block) {
  Vector all = block.v[0];
  for (size_t i = 1; i < kVectors; i++) all = operator_or(all, block.v[i]);
  return bits_high(all) == 0;
}

U8T_INLINE uint64_t equal(const Block& block, uint8_t byte) {
  const Vector other = splat(byte);
  return block_bits(block, [&](Vector v) U8T_LAMBDA { return bits_equal(v, other); });
}

// Bytes b with low <= b < low + count, for count > 0.
U8T_INLINE uint64_t in_range(const Block& block, uint8_t low, uint8_t count) {
  const Vector base = splat(low);
  return block_bits(block, [&](Vector v) U8T_LAMBDA { return bits_below(subtract(v, base), count); });
}

U8T_INLINE uint64_t controls(const Block& block) {
  return block_bits(block, [](Vector v) U8T_LAMBDA { return bits_below(v, 0x20); });
}

U8T_INLINE uint64_t not_continuation(const Block& block) {
  return block_bits(block, [](Vector v) U8T_LAMBDA { return bits_not_continuation(v); });
}

U8T_INLINE unsigned count_bits(uint64_t bits) { return static_cast<unsigned>(__builtin_popcountll(bits)); }
U8T_INLINE unsigned lowest_bit(uint64_t bits) { return static_cast<unsigned>(__builtin_ctzll(bits)); }
// The lowest n bits, n <= 64.
U8T_INLINE uint64_t low_bits(size_t n) { return n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1; }

// Bytes that begin a character which cannot end within the vector: only the last three matter.
struct IncompleteLimit {
  uint8_t bytes[sizeof(Vector)];
  constexpr IncompleteLimit() : bytes() {
    for (size_t i = 0; i < sizeof(Vector); i++) bytes[i] = 0xFF;
    bytes[sizeof(Vector) - 3] = 0xF0 - 1;
    bytes[sizeof(Vector) - 2] = 0xE0 - 1;
    bytes[sizeof(Vector) - 1] = 0xC0 - 1;
  }
};
constexpr IncompleteLimit kIncompleteLimit;
