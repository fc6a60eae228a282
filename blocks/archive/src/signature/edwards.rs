//! Ed25519 after RFC 8032, 5.1.7.
//!
//! Invariant: encodings are canonical; a number out of range makes a bad signature.

use num_bigint::BigUint;

use crate::digest::Digest;

/// x = X/Z, y = Y/Z, xy = T/Z
#[derive(Clone)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
    t: BigUint,
}

struct Field {
    p: BigUint,
    d: BigUint,
}

pub fn verifies(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let field = Field::new();
    let Some((commitment, s)) = signature.split_at_checked(32).filter(|(_, s)| s.len() == 32) else { return false };
    let s = BigUint::from_bytes_le(s);
    let order = (BigUint::from(1_u32) << 252_u32)
        + BigUint::parse_bytes(b"14def9dea2f79cd65812631a5cf5d3ed", 16).expect("a constant");
    let (Some(a), Some(r)) = (field.decode(key), commitment.try_into().ok().and_then(|bytes| field.decode(bytes)))
    else {
        return false;
    };
    if s >= order {
        return false;
    }
    let k = BigUint::from_bytes_le(&Digest::Sha512.of(&[commitment, key, message])) % &order;
    let left = field.times(&s, &field.base());
    let right = field.add(&r, &field.times(&k, &a));
    // X1/Z1 = X2/Z2 and Y1/Z1 = Y2/Z2
    field.multiply(&left.x, &right.z) == field.multiply(&right.x, &left.z)
        && field.multiply(&left.y, &right.z) == field.multiply(&right.y, &left.z)
}

impl Field {
    fn new() -> Self {
        let p = (BigUint::from(1_u32) << 255_u32) - 19_u32;
        let inverse = BigUint::from(121_666_u32).modinv(&p).expect("p is prime");
        // -121665/121666
        let d = (&p - 121_665_u32) * inverse % &p;
        Self { p, d }
    }

    fn multiply(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b % &self.p
    }

    fn subtract(&self, a: &BigUint, b: &BigUint) -> BigUint {
        if a >= b { a - b } else { a + &self.p - b }
    }

    fn base(&self) -> Point {
        let y = BigUint::from(4_u32) * BigUint::from(5_u32).modinv(&self.p).expect("p is prime") % &self.p;
        self.point(y, false).expect("the base point is on the curve")
    }

    fn decode(&self, bytes: &[u8; 32]) -> Option<Point> {
        let mut bytes = *bytes;
        let odd = bytes[31] & 0x80 != 0;
        bytes[31] &= 0x7f;
        self.point(BigUint::from_bytes_le(&bytes), odd)
    }

    /// The point with this y and the x that is odd, or not (RFC 8032, 5.1.3).
    fn point(&self, y: BigUint, odd: bool) -> Option<Point> {
        let p = &self.p;
        let one = BigUint::from(1_u32);
        if &y >= p {
            return None;
        }
        let yy = self.multiply(&y, &y);
        let u = self.subtract(&yy, &one);
        let v = (&self.d * &yy + &one) % p;
        let square = self.multiply(&u, &v.modinv(p)?);
        let mut x = square.modpow(&((p + 3_u32) >> 3), p);
        if self.multiply(&x, &x) != square {
            let root_of_minus_one = BigUint::from(2_u32).modpow(&((p - 1_u32) >> 2), p);
            x = self.multiply(&x, &root_of_minus_one);
        }
        if self.multiply(&x, &x) != square || (x == BigUint::ZERO && odd) {
            return None;
        }
        if x.bit(0) != odd {
            x = p - x;
        }
        let t = self.multiply(&x, &y);
        Some(Point { x, y, z: one, t })
    }

    /// RFC 8032, 5.1.4; complete, so it doubles, too.
    fn add(&self, m: &Point, n: &Point) -> Point {
        let p = &self.p;
        let a = self.multiply(&self.subtract(&m.y, &m.x), &self.subtract(&n.y, &n.x));
        let b = self.multiply(&(&m.y + &m.x), &(&n.y + &n.x));
        let c = (self.multiply(&m.t, &n.t) << 1_u32) * &self.d % p;
        let d = (self.multiply(&m.z, &n.z) << 1_u32) % p;
        let (e, f, g, h) = (self.subtract(&b, &a), self.subtract(&d, &c), (&d + &c) % p, (&b + &a) % p);
        Point { x: self.multiply(&e, &f), y: self.multiply(&g, &h), z: self.multiply(&f, &g), t: self.multiply(&e, &h) }
    }

    fn times(&self, number: &BigUint, point: &Point) -> Point {
        let one = BigUint::from(1_u32);
        let mut sum = Point { x: BigUint::ZERO, y: one.clone(), z: one, t: BigUint::ZERO };
        for bit in (0..number.bits()).rev() {
            sum = self.add(&sum, &sum);
            if number.bit(bit) {
                sum = self.add(&sum, point);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::verifies;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    /// RFC 8032, 7.1, the second test vector.
    #[test]
    fn the_vector_of_the_rfc_holds() {
        let key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").try_into().unwrap();
        let mut signature = bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert!(verifies(&key, &[0x72], &signature));
        assert!(!verifies(&key, &[0x73], &signature));
        signature[40] ^= 1;
        assert!(!verifies(&key, &[0x72], &signature));
    }
}
