"""Images in the ways that scanners write them, for tests/it/scan/images.rs."""

import sys, PIL.Image as I
g = I.linear_gradient('L').resize((240, 320))
f = sys.argv[1] + '/'
for c in ['group4', 'group3', 'tiff_lzw', 'tiff_adobe_deflate', 'packbits', 'raw', 'jpeg']:
  (g if c == 'jpeg' else g.convert('1')).save(f + c + '.tiff', compression=None if c == 'raw' else c, dpi=(300, 300))
g.convert('1').save(f + 'pages.tiff', compression='group4', dpi=(300, 300), save_all=True, append_images=[g.convert('1')] * 4)
g.convert('1').save(f + 'big.tiff', compression='group4', dpi=(300, 300), big_tiff=True)
g.save(f + 'a.jpg', dpi=(300, 300))
g.save(f + 'b.jpg', dpi=(300, 300), progressive=True)
g.save(f + 'c.pdf')
g.convert('1').save(f + 'd.pdf')
