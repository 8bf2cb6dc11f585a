package markdown

import "strings"

// htmlElementNames are the elements of HTML, of old HTML that browsers still
// know, and those of SVG and MathML that pages embed.
const htmlElementNames = `a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink
blockquote body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir
div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup
hr html i iframe img input ins kbd label legend li link main map mark marquee math menu menuitem meta meter nav nobr
noframes noscript object ol optgroup option output p param picture plaintext portal pre progress q rb rp rt rtc ruby
s samp script search section select selectedcontent slot small source span strike strong style sub summary sup svg
table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp
animate animatemotion animatetransform circle clippath defs desc ellipse fegaussianblur feblend fecolormatrix
fecomposite feflood femerge femergenode feoffset filter foreignobject g image line lineargradient marker mask
metadata mpath path pattern polygon polyline radialgradient rect set stop switch symbol text textpath tspan use view
annotation maction merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt
mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics`

// htmlElements is htmlElementNames as a set; a Parser makes one and shares it.
func htmlElements() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(htmlElementNames) {
		set[name] = true
	}
	return set
}
