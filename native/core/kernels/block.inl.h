// A block: 64 bytes as one, two or four vectors, and bit masks over it (bit i speaks of byte i).
// Included inside a target's namespace and region, behind its vocabulary.

constexpr size_t kBlock = 64;
constexpr size_t kVectors = kBlock / sizeof(Vector);

struct Block {
  Vector v[kVectors];
};

// Pinned, because compilers like to make of each use of a vector one more load of it.
U8T_INLINE Block load_block(const uint8_t* p) {
  Block block;
  for (size_t i = 0; i < kVectors; i++) block.v[i] = pinned(load(p + i * sizeof(Vector)));
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

// No byte is a control byte or above 7F: as int8, all are at least 20h.
U8T_INLINE bool is_plain_ascii(const Block& block) {
  Vector least = block.v[0];
  for (size_t i = 1; i < kVectors; i++) least = signed_minimum(least, block.v[i]);
  return !any_signed_below(least, 0x20);
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

// So many blocks at most are checked in a row before errors are looked for.
constexpr size_t kRun = 32;
// The last block of the run that begins at `at`, if the last one of all is `last`.
U8T_INLINE size_t run_end(size_t at, size_t last) { return last - at < kRun * kBlock ? last : at + (kRun - 1) * kBlock; }

// Loads that cross cache lines cost twice: a long range is taken from the next multiple of kBlock on, behind a head.
constexpr size_t kWorthAligning = 16 * kBlock;
U8T_INLINE size_t bytes_to_grid(const uint8_t* p) { return -reinterpret_cast<uintptr_t>(p) % kBlock; }

// A block that ends with `size` bytes, at most kBlock, and begins with spaces: so that what comes next sees what stood
// before it. A block may be read behind it.
class Head {
 public:
  U8T_INLINE Head(const uint8_t* p, size_t size) {
    for (size_t i = 0; i < sizeof bytes_; i += sizeof(Vector)) store(bytes_ + i, splat(' '));
    memcpy(bytes_ + kBlock - size, p, size);
  }
  U8T_INLINE const uint8_t* bytes() const { return bytes_; }
  U8T_INLINE Block block() const { return load_block(bytes_); }

 private:
  alignas(64) uint8_t bytes_[2 * kBlock];
};

U8T_INLINE unsigned count_bits(uint64_t bits) { return static_cast<unsigned>(__builtin_popcountll(bits)); }
U8T_INLINE unsigned lowest_bit(uint64_t bits) { return static_cast<unsigned>(__builtin_ctzll(bits)); }
U8T_INLINE unsigned highest_bit(uint64_t bits) { return 63 - static_cast<unsigned>(__builtin_clzll(bits)); }
// The lowest n bits, n <= 64.
U8T_INLINE uint64_t low_bits(size_t n) { return n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1; }
